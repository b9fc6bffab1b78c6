#include "signaling/topics.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

const std::string kSession = "abcdefghijklmnopqrstuv";
const TopicTree kTree("perch/v1", "front-door");

TEST(Topics, AreThoseOfTheProtocol) {
  EXPECT_EQ(kTree.state(), "perch/v1/front-door/state");
  EXPECT_EQ(kTree.inbox_filter(), "perch/v1/front-door/in/#");
  EXPECT_EQ(kTree.to_viewer({"phone", kSession}, Kind::kAnswer),
            "perch/v1/front-door/to/phone/" + kSession + "/answer");
  EXPECT_EQ(message_path("front-door", "in", {"phone", kSession}, "offer"),
            "front-door/in/phone/" + kSession + "/offer");
}

TEST(Topics, InboxGivesViewerSessionAndKind) {
  const std::string topic = "perch/v1/front-door/in/phone/" + kSession + "/offer";
  const auto parsed = kTree.parse_inbox(topic);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->viewer, "phone");
  EXPECT_EQ(parsed->session, kSession);
  EXPECT_EQ(parsed->kind, "offer");
}

TEST(Topics, TruncatedAtEachLengthNeverNamesAnotherKind) {
  const std::string topic = "perch/v1/front-door/in/phone/" + kSession + "/offer";
  for (std::size_t n = 0; n < topic.size(); ++n) {
    const auto parsed = kTree.parse_inbox(std::string_view(topic).substr(0, n));
    if (parsed) {
      EXPECT_FALSE(kind_from(parsed->kind)) << n;
    }
  }
}

TEST(Topics, IgnoresWhatIsNotThisCamerasInbox) {
  for (const char* topic :
       {"", "perch/v1/front-door/in", "perch/v1/back-door/in/phone/s/offer", "perch/v1/front-door/state",
        "perch/v1/front-door/to/phone/s/offer", "perch/v1/front-door/in/phone/s/offer/more",
        "perch/v1/front-door/in//s/offer", "perch/v1/front-door/in/pho ne/s/offer",
        "other/perch/v1/front-door/in/phone/s/offer", "perch/v1/front-doo/in/phone/s/offer"}) {
    EXPECT_FALSE(kTree.parse_inbox(topic)) << topic;
  }
}

TEST(Topics, IdsHaveAnAlphabetAndALength) {
  EXPECT_TRUE(is_id("a"));
  EXPECT_TRUE(is_id("Kitchen_phone-2"));
  EXPECT_TRUE(is_id(std::string(64, 'x')));
  for (const std::string& bad : {std::string(), std::string(65, 'x'), std::string("a/b"), std::string("a+"),
                                 std::string("ä"), std::string("a b"), std::string("#"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(is_id(bad)) << bad;
  }
}

TEST(Topics, SessionIdsAre22LettersOfBase64url) {
  EXPECT_TRUE(is_session_id(kSession));
  EXPECT_FALSE(is_session_id(kSession.substr(1)));
  EXPECT_FALSE(is_session_id(kSession + "w"));
  EXPECT_FALSE(is_session_id("abcdefghijklmnopqrstu="));
}

TEST(Topics, PrefixesHaveNoWildcardsAndNoEmptyLevels) {
  EXPECT_TRUE(is_prefix("perch/v1"));
  EXPECT_TRUE(is_prefix("x"));
  for (const std::string& bad :
       {std::string(), std::string("/perch"), std::string("perch/"), std::string("a//b"), std::string("perch/+"),
        std::string("#"), std::string("a\0b", 3), std::string(201, 'p')}) {
    EXPECT_FALSE(is_prefix(bad)) << bad;
  }
}

TEST(Topics, KindsRoundTrip) {
  for (const Kind kind : {Kind::kOffer, Kind::kAnswer, Kind::kSolicit, Kind::kCandidates, Kind::kBye, Kind::kError,
                          Kind::kControl, Kind::kNotice}) {
    EXPECT_EQ(kind_from(to_string(kind)), kind);
  }
  EXPECT_FALSE(kind_from("Offer"));
  EXPECT_FALSE(kind_from(""));
}

}  // namespace
}  // namespace perch::signaling
