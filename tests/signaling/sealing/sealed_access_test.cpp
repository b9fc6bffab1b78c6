#include "signaling/sealing/sealed_access.hpp"

#include <gtest/gtest.h>

#include "tests/signaling/sealing/sealed_viewer.hpp"

namespace perch::signaling {
namespace {

using test::key_number;
using test::TestRing;

class SealedAccessTest : public testing::Test {
 protected:
  SealedAccessTest() { ring_.keys.emplace("phone", key_number(1)); }

  /// What viewer `name` with key `n` would send.
  std::string from_viewer(std::uint8_t n, const MessageAddress& to, std::string_view epoch, std::string_view body) {
    const std::string path = message_path(to.camera, "in", to.key, to.kind);
    return test::sealed_for_camera(key_number(n), to.key, path, epoch, body, random_);
  }
  bool opens(const MessageAddress& from, const std::string& payload) {
    return access_.open(from, epochs_, as_bytes(payload)).has_value();
  }

  TestRing ring_;
  SeededRandom random_{5};
  SealedAccess access_{ring_, random_};
  const SessionKey key_{"phone", "abcdefghijklmnopqrstuv"};
  const MessageAddress offer_{"cam", key_, "offer"};
  const Epochs epochs_{"now", "before"};
};

TEST_F(SealedAccessTest, OpensWhatTheViewerSealedUnderThisEpochOrTheLast) {
  EXPECT_EQ(*access_.open(offer_, epochs_, as_bytes(from_viewer(1, offer_, "now", "{}"))), "{}");
  EXPECT_EQ(*access_.open(offer_, epochs_, as_bytes(from_viewer(1, offer_, "before", "{}"))), "{}");
  EXPECT_FALSE(opens(offer_, from_viewer(1, offer_, "long ago", "{}")));
  EXPECT_FALSE(access_.open(offer_, {"now", ""}, as_bytes(from_viewer(1, offer_, "", "{}"))));
}

TEST_F(SealedAccessTest, WhatIsLongerThanAnythingToSayIsNotLookedAt) {
  const auto sealed = [this](std::size_t size) { return from_viewer(1, offer_, "now", std::string(size, 'x')); };
  EXPECT_TRUE(opens(offer_, sealed(20 * 1024))) << "an SDP of 16 KiB, escaped";
  const std::size_t around = sealed(0).size() + 8;
  EXPECT_TRUE(opens(offer_, sealed((SealedAccess::kMaxSealedBytes - around) * 3 / 4)));
  EXPECT_FALSE(opens(offer_, sealed((SealedAccess::kMaxSealedBytes + around) * 3 / 4)));
}

TEST_F(SealedAccessTest, AStrangerAWrongKeyAndARevokedViewerAreAllTheSame) {
  const SessionKey stranger{"stranger", key_.session};
  const MessageAddress from_stranger{"cam", stranger, "offer"};
  EXPECT_FALSE(opens(from_stranger, from_viewer(1, from_stranger, "now", "{}")));
  EXPECT_FALSE(opens(offer_, from_viewer(2, offer_, "now", "{}")));
  ring_.keys.clear();
  EXPECT_FALSE(opens(offer_, from_viewer(1, offer_, "now", "{}")));
  EXPECT_EQ(access_.open(offer_, epochs_, as_bytes("x")).error().code, Errc::kUnauthorized);
}

TEST_F(SealedAccessTest, AMessageMovedToAnotherCameraViewerSessionOrKindDoesNotOpen) {
  ring_.keys.emplace("tablet", key_number(1));  // even with the same key
  const std::string payload = from_viewer(1, offer_, "now", "{}");
  const SessionKey other_viewer{"tablet", key_.session}, other_session{"phone", "zbcdefghijklmnopqrstuv"};
  EXPECT_TRUE(opens(offer_, payload));
  EXPECT_FALSE(opens({"door", key_, "offer"}, payload));
  EXPECT_FALSE(opens({"cam", other_viewer, "offer"}, payload));
  EXPECT_FALSE(opens({"cam", other_session, "offer"}, payload));
  EXPECT_FALSE(opens({"cam", key_, "answer"}, payload));
}

TEST_F(SealedAccessTest, WhatTheCameraSaidCannotBeSentBackToIt) {
  const auto said = access_.seal(offer_, epochs_, "{}");
  ASSERT_TRUE(said);
  EXPECT_FALSE(opens(offer_, *said));
}

TEST_F(SealedAccessTest, TheViewerOpensWhatTheCameraSealed) {
  const MessageAddress answer{"cam", key_, "answer"};
  const auto payload = access_.seal(answer, epochs_, R"({"sdp":"v=0"})");
  ASSERT_TRUE(payload);
  const std::string n = payload->substr(payload->find("\"n\":\"") + 5, 16);
  const std::size_t c = payload->find("\"c\":\"") + 5;
  const auto nonce_bytes = base64url_decode(n);
  const auto sealed = base64url_decode(payload->substr(c, payload->size() - c - 2));
  ASSERT_TRUE(nonce_bytes && sealed);
  Nonce nonce{};
  std::copy(nonce_bytes->begin(), nonce_bytes->end(), nonce.begin());
  const SecretKey key = derive_key(key_number(1), key_.session, Way::kToViewer);
  EXPECT_EQ(signaling::open(key, nonce, "cam/to/phone/abcdefghijklmnopqrstuv/answer|now", *sealed), R"({"sdp":"v=0"})");
  EXPECT_NE(*access_.seal(answer, epochs_, "{}"), *access_.seal(answer, epochs_, "{}")) << "a nonce is used once";
}

TEST_F(SealedAccessTest, DamagedEnvelopesOfEveryKindAreRefused) {
  const std::string good = from_viewer(1, offer_, "now", "{}");
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(opens(offer_, good.substr(0, size))) << size;
  for (const char* bad :
       {R"({"v":2,"n":"AAAAAAAAAAAAAAAA","c":"AAAAAAAAAAAAAAAAAAAAAAAA"})", R"({"v":1,"n":"AAAA","c":"AAAA"})",
        R"({"v":1,"n":"AAAAAAAAAAAAAAAA","c":""})", R"({"v":1,"n":7,"c":[]})", R"([])", R"(null)",
        R"({"v":1,"n":"AAAAAAAAAAAAAAAA"})", R"({"sdp":"v=0"})", ""})
    EXPECT_FALSE(opens(offer_, bad)) << bad;
  EXPECT_STREQ(access_.name(), "sealed");
  EXPECT_FALSE(access_.answers_strangers());
}

}  // namespace
}  // namespace perch::signaling
