#include "hal/base/text.hpp"

#include <gtest/gtest.h>

#include "hal/base/random.hpp"

namespace perch {
namespace {

TEST(Base64Url, KnownVectors) {
  // RFC 4648 §10, without padding
  EXPECT_EQ(base64url_encode(as_bytes("")), "");
  EXPECT_EQ(base64url_encode(as_bytes("f")), "Zg");
  EXPECT_EQ(base64url_encode(as_bytes("fo")), "Zm8");
  EXPECT_EQ(base64url_encode(as_bytes("foobar")), "Zm9vYmFy");
}

TEST(Base64Url, RoundTripsEveryLength) {
  SeededRandom random(7);
  for (std::size_t n = 0; n < 70; ++n) {
    Bytes bytes(n);
    random.fill(bytes);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

TEST(Base64Url, AcceptsOneSpellingOnly) {
  EXPECT_FALSE(base64url_decode("Zg=="));
  EXPECT_FALSE(base64url_decode("Zh"));    // spare bits set
  EXPECT_FALSE(base64url_decode("Z"));     // six bits make no byte
  EXPECT_FALSE(base64url_decode("Zm9+"));  // the other alphabet
  EXPECT_FALSE(base64url_decode("Zm 9"));
  for (std::size_t at = 0; at < 11; ++at)
    EXPECT_FALSE(base64url_decode(std::string("AAAAAAAAAAA").replace(at, 1, "=")));
}

TEST(ParseDecimal, RefusesWhatIsNotAPlainNumberInRange) {
  EXPECT_EQ(parse_decimal("65535", 65535), 65535U);
  EXPECT_FALSE(parse_decimal("65536", 65535));
  EXPECT_FALSE(parse_decimal("", 10));
  EXPECT_FALSE(parse_decimal("-1", 10));
  EXPECT_FALSE(parse_decimal("1x", 10));
  EXPECT_FALSE(parse_decimal(" 1", 10));
  EXPECT_FALSE(parse_decimal("99999999999999999999999", ~0ULL));
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a//b", '/'), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", '/'), (std::vector<std::string_view>{""}));
}

TEST(ClosestWord, SuggestsATypingMistakeButNotAnything) {
  EXPECT_EQ(closest_word("widht", {"height", "width"}), "width");
  EXPECT_FALSE(closest_word("zebra", {"height", "width"}));
}

}  // namespace
}  // namespace perch
