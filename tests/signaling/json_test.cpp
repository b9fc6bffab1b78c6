#include "signaling/json.hpp"

#include <gtest/gtest.h>

#include "signaling/json_writer.hpp"

namespace perch::signaling {
namespace {

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

TEST(Json, ReadsTypesExactly) {
  const auto document = JsonDocument::parse(R"({"t":"x","b":true,"n":7,"a":[1,2],"z":null} )");
  ASSERT_TRUE(document);
  const JsonView root = document->root();
  EXPECT_EQ(root.member("t")->as_text(), "x");
  EXPECT_EQ(root.member("b")->as_bool(), true);
  EXPECT_EQ(root.member("n")->as_unsigned(7), 7U);
  EXPECT_EQ(root.member("a")->items().size(), 2U);
  EXPECT_TRUE(root.member("z")->is_null());
  EXPECT_FALSE(root.member("T"));
  EXPECT_FALSE(root.member("t")->as_bool());
  EXPECT_FALSE(root.member("b")->as_unsigned(7));
  EXPECT_FALSE(root.member("a")->as_text());
  EXPECT_FALSE(root.member("a")->member("t"));
  EXPECT_TRUE(root.items().empty());
}

TEST(Json, NumbersOutsideTheRangeAreNone) {
  for (const char* number : {"-1", "8", "1.5", "1e400", "-1e400", "1e-5", "99999999999999999999"}) {
    const auto document = JsonDocument::parse(number);
    ASSERT_TRUE(document) << number;
    EXPECT_FALSE(document->root().as_unsigned(7)) << number;
  }
}

TEST(Json, RefusesDeepNestingBeforeParsing) {
  EXPECT_TRUE(JsonDocument::parse(nested(8)));
  EXPECT_FALSE(JsonDocument::parse(nested(9)));
  EXPECT_FALSE(JsonDocument::parse(std::string(60'000, '[')));
  EXPECT_TRUE(JsonDocument::parse(R"(["[[[[[[[[[[\"[[[["])")) << "brackets inside strings nest nothing";
}

TEST(Json, RefusesWhatIsNotOneValue) {
  for (const char* text : {"", " ", "{", "[1,2", "nope", "{} {}", "{}x", "{\"a\" 1}", "'a'", "{\"a\":}"}) {
    const auto document = JsonDocument::parse(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().code, Errc::kInvalid);
  }
}

TEST(Json, RefusesNulInEverySpelling) {
  EXPECT_FALSE(JsonDocument::parse(std::string_view("{\"a\":\"x\0y\"}", 11)));
  EXPECT_FALSE(JsonDocument::parse(R"({"a":"x\u0000y"})"));
  EXPECT_TRUE(JsonDocument::parse(R"({"a":"x\\u0000y"})")) << "an escaped backslash before letters is no NUL";
  EXPECT_FALSE(JsonDocument::parse(R"({"a":"x\\\u0000y"})")) << "behind an escaped backslash";
  EXPECT_FALSE(JsonDocument::parse(R"({"a":"\"\u0000"})")) << "behind an escaped quote";
  EXPECT_FALSE(JsonDocument::parse(R"({"\u0000":1})"));
}

TEST(Json, BracketsInStringsNestNothing) {
  EXPECT_TRUE(JsonDocument::parse(R"({"a":"[[[[[[[[[[[[","b":"\"[[[[[[[[[[[["})"));
  EXPECT_FALSE(JsonDocument::parse(R"({"a":"\\",)" + std::string(12, '[')));
}

TEST(Json, RefusesOverlongText) {
  EXPECT_TRUE(JsonDocument::parse('"' + std::string(kMaxJsonBytes - 2, 'x') + '"'));
  const auto document = JsonDocument::parse('"' + std::string(kMaxJsonBytes - 1, 'x') + '"');
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, Errc::kTooLarge);
}

TEST(Json, TruncationAtEachLengthIsRefused) {
  const std::string text = R"({"v":1,"seq":0,"s":"é\n","a":[true,{"b":null}]})";
  ASSERT_TRUE(JsonDocument::parse(text));
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_FALSE(JsonDocument::parse(text.substr(0, n))) << n;
}

TEST(Json, Utf8IsCheckedByTheTable) {
  for (const char* good : {"", "a", "é", "€", "😀", "\xEE\x80\x80"}) EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xC0\xAF", "\xC3", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
                          "\xF4\x90\x80\x80", "\xFF", "\xE2\x82", "a\xC3(", "\xF1\x80\x80"}) {
    for (std::size_t before = 0; before < 18; ++before)
      EXPECT_FALSE(is_utf8(std::string(before, 'a') + bad + "aaaaaaaa"));
    EXPECT_FALSE(is_utf8(bad));
    EXPECT_FALSE(JsonDocument::parse(std::string("\"") + bad + "\""));
  }
}

TEST(JsonWriter, SeparatesAndEscapes) {
  JsonWriter out;
  out.begin_object().member("a", true).member("n", std::uint64_t{18}).begin_array("l");
  out.begin_object().end_object().begin_object().member("x", "1").end_object().end_array();
  out.member("e", "\"\\\n\r\t\x01 é").member("t", std::vector<std::string>{"a", "b"}).end_object();
  EXPECT_EQ(out.take(), R"({"a":true,"n":18,"l":[{},{"x":"1"}],"e":"\"\\\n\r\u0009\u0001 é","t":["a","b"]})");
}

TEST(JsonWriter, EveryByteBelow128ComesBack) {
  std::string text;
  for (char c = 1; c < 127; ++c) text += c;
  JsonWriter out;
  const std::string json = out.begin_object().member("s", text).end_object().take();
  const auto document = JsonDocument::parse(json);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().member("s")->as_text(), text);
}

}  // namespace
}  // namespace perch::signaling
