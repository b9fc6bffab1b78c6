// Sound in both directions, as far as microphone, loudspeaker and the viewer's rights allow.
#include <gtest/gtest.h>

#include "signaling/sdp/h264_format.hpp"
#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"
#include "signaling/sdp/writer.hpp"
#include "tests/signaling/fixtures.hpp"

namespace perch::signaling::sdp {
namespace {

using test::fixture;
using test::replaced;

Capabilities capabilities(bool sends, bool receives) {
  Capabilities ours = test::capabilities();
  ours.audio.sends = sends;
  ours.audio.receives = receives;
  return ours;
}

/// Chromium's offer whose audio section has this direction.
std::string offer_with(const std::string& direction) {
  return replaced(fixture("chromium-video-audio-offer-hand-made"), "a=recvonly", "a=" + direction);
}

Direction agreed(const std::string& offered, bool sends, bool receives) {
  const auto answered = answer_offer(offer_with(offered), capabilities(sends, receives));
  const NegotiatedMedia* audio = answered ? answered->session.accepted("audio") : nullptr;
  EXPECT_NE(audio, nullptr);
  return audio == nullptr ? Direction::kInactive : audio->direction;
}

TEST(SdpSound, EachDirectionIsGivenThatBothSidesWant) {
  EXPECT_EQ(agreed("sendrecv", true, true), Direction::kSendRecv);
  EXPECT_EQ(agreed("sendrecv", true, false), Direction::kSendOnly);
  EXPECT_EQ(agreed("sendrecv", false, true), Direction::kRecvOnly);
  EXPECT_EQ(agreed("recvonly", true, true), Direction::kSendOnly);
  EXPECT_EQ(agreed("sendonly", true, true), Direction::kRecvOnly);
  EXPECT_EQ(agreed("inactive", true, true), Direction::kInactive);
}

TEST(SdpSound, WhatTheViewerMayNotHaveIsNoSectionAtAll) {
  for (const auto& [direction, sends, receives] :
       {std::tuple{"sendrecv", false, false}, {"recvonly", false, true}, {"sendonly", true, false}}) {
    const auto answered = answer_offer(offer_with(direction), capabilities(sends, receives));
    ASSERT_TRUE(answered) << direction;
    EXPECT_EQ(answered->session.accepted("audio"), nullptr) << direction;
    EXPECT_NE(answered->sdp.find("m=audio 0 "), std::string::npos) << direction;
    EXPECT_NE(answered->session.accepted("video"), nullptr) << direction;
  }
}

TEST(SdpSound, VideoIsNeverReceived) {
  std::string offer = fixture("chromium-156-recvonly-offer");
  const auto answered = answer_offer(replaced(offer, "a=recvonly", "a=sendrecv"), capabilities(true, true));
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->session.accepted("video")->direction, Direction::kSendOnly);
}

// Chromium 156 ignores congestion feedback altogether when sections differ in it.
TEST(SdpSound, TransportWideFeedbackIsAgreedForAllSectionsAlike) {
  const auto answered = answer_offer(offer_with("sendrecv"), capabilities(true, true));
  ASSERT_TRUE(answered);
  EXPECT_TRUE(answered->session.accepted("audio")->feedback.transport_cc);
  EXPECT_TRUE(answered->session.accepted("video")->feedback.transport_cc);
}

TEST(SdpSound, RetransmissionIsAgreedWhenTheViewerAsksForIt) {
  const std::string offer = replaced(fixture("chromium-video-audio-offer-hand-made"), "a=rtpmap:111 opus/48000/2",
                                     "a=rtpmap:111 opus/48000/2\na=rtcp-fb:111 nack");
  const auto answered = answer_offer(offer, capabilities(true, false));
  ASSERT_TRUE(answered);
  EXPECT_TRUE(answered->session.accepted("audio")->feedback.nack);
  EXPECT_NE(answered->sdp.find("a=rtcp-fb:111 nack\r\n"), std::string::npos);
}

TEST(SdpSound, TheAnswerSaysWhatOpusWeSendAndTake) {
  Capabilities ours = capabilities(true, true);
  EXPECT_NE(answer_offer(offer_with("sendrecv"), ours)->sdp.find("a=fmtp:111 minptime=10;useinbandfec=1\r\n"),
            std::string::npos);
  ours.audio.stereo = true;
  EXPECT_NE(answer_offer(offer_with("sendrecv"), ours)->sdp.find("useinbandfec=1;sprop-stereo=1\r\n"),
            std::string::npos);
}

TEST(SdpSound, ASectionThatOnlyReceivesNamesNoSourceOfOurs) {
  const auto answered = answer_offer(offer_with("sendonly"), capabilities(true, true));
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->sdp.find("a=ssrc:2001"), std::string::npos);
}

TEST(SdpSound, OurOwnOfferAsksForTalkWhereThereIsALoudspeaker) {
  const auto direction = [](bool sends, bool receives) {
    return make_offer(capabilities(sends, receives)).media.at(1).direction;
  };
  EXPECT_EQ(direction(true, true), Direction::kSendRecv);
  EXPECT_EQ(direction(true, false), Direction::kSendOnly);
  EXPECT_EQ(direction(false, true), Direction::kRecvOnly);
  EXPECT_EQ(make_offer(capabilities(false, false)).media.size(), 1U);
}

TEST(SdpLevel, TheAnswerNamesTheLevelOfTheStreamUnderTheOfferedProfile) {
  Capabilities ours = capabilities(false, false);
  ours.video.profile_level_id = "640028";  // a camera's own High, level 4: Chromium offers no High
  const auto answered = answer_offer(fixture("chromium-156-recvonly-offer"), ours);
  ASSERT_TRUE(answered);
  EXPECT_NE(answered->sdp.find("28\r\n"), std::string::npos) << answered->sdp;
  EXPECT_EQ(answered->sdp.find("profile-level-id=6400"), std::string::npos);
}

TEST(SdpLevel, StaysAsOfferedWithoutLevelAsymmetry) {
  EXPECT_EQ(with_our_level("packetization-mode=1;profile-level-id=42e01f", "42c028"),
            "packetization-mode=1;profile-level-id=42e01f");
  EXPECT_EQ(with_our_level("level-asymmetry-allowed=1;profile-level-id=42e01f", "42c028"),
            "level-asymmetry-allowed=1;profile-level-id=42e028");
  EXPECT_EQ(with_our_level("level-asymmetry-allowed=1;profile-level-id=42e0", "42c028"),
            "level-asymmetry-allowed=1;profile-level-id=42e0");
  EXPECT_EQ(with_our_level("level-asymmetry-allowed=1", "42c028"), "level-asymmetry-allowed=1");
}

}  // namespace
}  // namespace perch::signaling::sdp
