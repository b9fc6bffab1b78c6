#include "agent/invitation.hpp"

#include <gtest/gtest.h>

#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

using namespace std::chrono_literals;

constexpr UnixTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 12h;

Invitation phone() {
  Invitation invitation{"phone", {}, {.watch = true, .listen = true}, kNow, kNow + 24h};
  invitation.key.bytes()[0] = 7;
  return invitation;
}

TEST(Invitation, IsReadAsItWasWritten) {
  const Invitation before = phone();
  const auto after = parse_invitation("phone", write_invitation(before));
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_TRUE(std::equal(after->key.bytes().begin(), after->key.bytes().end(), before.key.bytes().begin()));
  EXPECT_EQ(after->rights, before.rights);
  EXPECT_EQ(after->created, before.created);
  EXPECT_EQ(after->expires, before.expires);
  Invitation endless = phone();
  endless.expires.reset();
  EXPECT_FALSE(parse_invitation("phone", write_invitation(endless))->expires);
}

TEST(Invitation, CutShortAnywhereItIsRefusedOrWhole) {
  const std::string text = write_invitation(phone());
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto read = parse_invitation("phone", text.substr(0, size));
    const bool lost_the_end_only = size >= text.find("\nexpires");
    EXPECT_TRUE(!read || lost_the_end_only) << size;
  }
}

TEST(Invitation, MistakesAreNamed) {
  const std::string key = "key = \"" + base64url_encode(Bytes(32, 1)) + "\"\n";
  const std::string rights = "rights = [\"watch\"]\n", created = "created = 2026-11-21T12:00:00Z\n";
  ASSERT_TRUE(parse_invitation("x", key + rights + created));
  const auto words = [](const std::string& text) {
    const auto read = parse_invitation("x", text);
    return read ? std::string("read") : read.error().message();
  };
  EXPECT_NE(words(rights + created).find("key must be"), std::string::npos);
  EXPECT_NE(words("key = \"short\"\n" + rights + created).find("43 letters"), std::string::npos);
  EXPECT_NE(words(key + created).find("rights must be"), std::string::npos);
  EXPECT_NE(words(key + "rights = \"watch\"\n" + created).find("rights must be a list"), std::string::npos);
  EXPECT_NE(words(key + "rights = [\"see\", 1]\n" + created).find("watch, listen, talk"), std::string::npos);
  EXPECT_NE(words(key + rights).find("created must be a time"), std::string::npos);
  EXPECT_NE(words(key + rights + created + "expires = 30\n").find("expires must be a time"), std::string::npos);
  EXPECT_NE(words(key + rights + created + "expires = 2026-11-21\n").find("expires must be a time"), std::string::npos);
  EXPECT_NE(words(key + rights + created + "expire = 2026-11-21T12:00:00Z\n").find("did you mean \"expires\""),
            std::string::npos);
  EXPECT_NE(words("key = [[[").find("line 1"), std::string::npos);
}

TEST(Invitation, OtherTimeZonesAreTheSameMoment) {
  const std::string key = "key = \"" + base64url_encode(Bytes(32, 1)) + "\"\nrights = []\n";
  EXPECT_EQ(parse_invitation("x", key + "created = 2026-11-21T14:30:00+02:30\n")->created, kNow);
}

TEST(Invitation, CountsUntilItExpires) {
  EXPECT_EQ(standing_of(phone(), kNow), Standing::kValid);
  EXPECT_EQ(standing_of(phone(), kNow + 24h - 1s), Standing::kValid);
  EXPECT_EQ(standing_of(phone(), kNow + 24h), Standing::kExpired);
}

TEST(Invitation, AfterAPowerCutOneThatExpiresWaitsForTheClock) {
  EXPECT_EQ(standing_of(phone(), UnixTime{}), Standing::kUntimely);
  EXPECT_EQ(standing_of(phone(), kNow - 30min), Standing::kValid) << "a corrected clock is none that was lost";
  Invitation endless = phone();
  endless.expires.reset();
  EXPECT_EQ(standing_of(endless, UnixTime{}), Standing::kValid);
}

TEST(Invitation, ExpiryIsReadAsPeopleWriteIt) {
  EXPECT_EQ(*parse_expiry("12h", kNow), kNow + 12h);
  EXPECT_EQ(*parse_expiry("30d", kNow), kNow + 720h);
  EXPECT_EQ(*parse_expiry("2w", kNow), kNow + 336h);
  EXPECT_EQ(*parse_expiry("never", kNow), std::nullopt);
  for (const char* wrong : {"", "d", "0d", "-1d", "30", "30m", "1.5d", "30 d", "99999999d"}) {
    const auto read = parse_expiry(wrong, kNow);
    ASSERT_FALSE(read) << wrong;
    EXPECT_NE(read.error().message().find("30d"), std::string::npos);
  }
}

TEST(Invitation, TimesAreWrittenInUtc) { EXPECT_EQ(to_text(kNow), "2026-11-21T12:00:00Z"); }

// The file of somebody with time to spare; nanoseconds in 64 bits end in 2262.
TEST(Invitation, TimesFarAheadStayWhatTheyAre) {
  const std::string key = "key = \"" + base64url_encode(Bytes(32, 1)) + "\"\nrights = [\"watch\"]\n";
  const auto read = parse_invitation("x", key + "created = 2026-11-21T12:00:00Z\nexpires = 9999-12-31T23:59:59Z\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(*read->expires), "9999-12-31T23:59:59Z");
  EXPECT_EQ(to_text(UnixTime(1s) - 24h), "1969-12-31T00:00:01Z");
  EXPECT_EQ(standing_of(*read, kNow), Standing::kValid);
}

}  // namespace
}  // namespace perch::agent
