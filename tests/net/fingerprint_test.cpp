#include "net/fingerprint.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

const std::string kText =
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:AB:CD:EF";

TEST(Fingerprint, RoundTripsThroughText) {
  const auto parsed = Fingerprint::parse(kText);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->sha256[10], 0x0A);
  EXPECT_EQ(parsed->sha256[31], 0xEF);
  EXPECT_EQ(parsed->to_string(), kText);
}

TEST(Fingerprint, TakesLowerCase) {
  std::string lower = kText;
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  EXPECT_EQ(Fingerprint::parse(lower), Fingerprint::parse(kText));
}

TEST(Fingerprint, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < kText.size(); ++size) {
    EXPECT_FALSE(Fingerprint::parse(std::string_view(kText).substr(0, size))) << size;
  }
}

TEST(Fingerprint, RefusesForeignLettersAndSeparators) {
  for (const char bad : {'G', ' ', '-', '\0', '\n'}) {
    for (const std::size_t at : {0u, 1u, 2u, 94u}) {
      std::string text = kText;
      text[at] = bad;
      EXPECT_FALSE(Fingerprint::parse(text)) << at;
    }
  }
  EXPECT_FALSE(Fingerprint::parse(kText + ":00"));
}

}  // namespace
}  // namespace perch::net
