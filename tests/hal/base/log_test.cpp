#include "hal/base/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace perch {
namespace {

TEST(Log, InQuotesKeepsForeignTextInsideItsField) {
  EXPECT_EQ(in_quotes("plain"), "\"plain\"");
  EXPECT_EQ(in_quotes("a\" level=error \"b"), "\"a\\\" level=error \\\"b\"");
  EXPECT_EQ(in_quotes("two\nlines\r\n"), "\"two?lines??\"");
  EXPECT_EQ(in_quotes("\x1b[31m"), "\"?[31m\"");
}

TEST(Log, InQuotesCutsBetweenLetters) {
  EXPECT_EQ(in_quotes(std::string(199, 'x') + "\u00fcber"), '"' + std::string(199, 'x') + "...\"");
  EXPECT_EQ(in_quotes(std::string(198, 'x') + "\u00fcber"), '"' + std::string(198, 'x') + "\u00fc...\"");
}

TEST(Log, InQuotesCutsWhatIsTooLong) { EXPECT_EQ(in_quotes(std::string(5000, 'x')).size(), 200 + 3 + 2U); }

TEST(Log, ParsesLevelsAndNothingElse) {
  LogLevel level{};
  ASSERT_TRUE(parse_log_level("debug", level));
  EXPECT_EQ(level, LogLevel::kDebug);
  EXPECT_FALSE(parse_log_level("DEBUG", level));
  EXPECT_FALSE(parse_log_level("", level));
}

TEST(Log, WritesOneLineAndCutsAnOverlongOne) {
  testing::internal::CaptureStderr();
  PERCH_INFO("test", "msg=%s", std::string(5000, 'y').c_str());
  PERCH_INFO("test", "msg=second");
  const std::string out = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
  EXPECT_NE(out.find("level=info mod=test msg=second\n"), std::string::npos);
}

TEST(Log, BelowTheLevelArgumentsAreNotEvaluated) {
  int evaluated = 0;
  PERCH_TRACE("test", "n=%d", ++evaluated);
  EXPECT_EQ(evaluated, 0);
}

}  // namespace
}  // namespace perch
