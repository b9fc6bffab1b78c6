#include "agent/peer_config.hpp"

#include <gtest/gtest.h>

namespace perch::agent {
namespace {

using namespace signaling::sdp;

NegotiatedSession agreed_session() {
  NegotiatedSession session;
  NegotiatedMedia video;
  video.kind = "video";
  video.mid = "7";
  video.accepted = true;
  video.direction = Direction::kSendOnly;
  video.payload_type = 108;
  video.rtx_payload_type = 109;
  video.ssrc = 11;
  video.rtx_ssrc = 12;
  video.extensions.transport_cc = 4;
  session.media.push_back(video);
  session.remote.ice_ufrag = "abcd";
  session.remote.fingerprints.push_back({});
  return session;
}

TEST(PeerConfig, CarriesWhatWasAgreedAndNothingElse) {
  const net::PeerConfig config = peer_config(agreed_session(), "cname", false);
  ASSERT_TRUE(config.video);
  const net::RtpSenderConfig& rtp = config.video->rtp;
  EXPECT_EQ(rtp.ssrc, 11U);
  EXPECT_EQ(rtp.rtx_ssrc, 12U);
  EXPECT_EQ(rtp.rtx_payload_type, 109);
  EXPECT_EQ(rtp.mid, "7");
  EXPECT_EQ(rtp.extensions.transport_wide_cc, 4);
  EXPECT_FALSE(rtp.extensions.playout_delay);
  EXPECT_EQ(config.dtls_role, net::DtlsRole::kClient);
  EXPECT_EQ(config.remote_fingerprints.size(), 1U);
}

TEST(PeerConfig, WithoutAnRtxPayloadTypeThereIsNoRtxStream) {
  NegotiatedSession session = agreed_session();
  session.media.front().rtx_payload_type.reset();
  const net::PeerConfig config = peer_config(session, "cname", false);
  EXPECT_FALSE(config.video->rtp.rtx_ssrc);
  EXPECT_FALSE(config.video->rtp.rtx_payload_type);
}

TEST(PeerConfig, InactiveVideoIsNotSentUntilALaterOffer) {
  NegotiatedSession session = agreed_session();
  session.media.front().direction = Direction::kInactive;
  const net::PeerConfig config = peer_config(session, "cname", false);
  ASSERT_TRUE(config.video);
  EXPECT_FALSE(config.video->active);
}

NegotiatedSession with_audio(Direction direction) {
  NegotiatedSession session = agreed_session();
  NegotiatedMedia audio;
  audio.kind = "audio";
  audio.accepted = true;
  audio.direction = direction;
  audio.payload_type = 111;
  audio.ssrc = direction == Direction::kRecvOnly ? 0 : 21;
  session.media.push_back(audio);
  return session;
}

TEST(PeerConfig, SoundIsSentOnItsOwnClockAndWithoutAFramesMarker) {
  const net::PeerConfig config = peer_config(with_audio(Direction::kSendOnly), "cname", false);
  ASSERT_TRUE(config.audio);
  EXPECT_TRUE(config.audio->active);
  EXPECT_EQ(config.audio->rtp.ssrc, 21U);
  EXPECT_EQ(config.audio->rtp.payload_type, 111);
  EXPECT_EQ(config.audio->rtp.clock_rate, 48'000U);
  EXPECT_FALSE(config.audio->rtp.marker_ends_frame);
  EXPECT_FALSE(config.talk);
}

TEST(PeerConfig, TalkIsTakenOnlyFromWhomItWasAgreedWith) {
  EXPECT_FALSE(peer_config(with_audio(Direction::kSendRecv), "cname", false).talk);
  const net::PeerConfig both = peer_config(with_audio(Direction::kSendRecv), "cname", true);
  ASSERT_TRUE(both.talk);
  EXPECT_TRUE(both.talk->active);
  EXPECT_EQ(both.talk->payload_type, 111);
  EXPECT_FALSE(peer_config(with_audio(Direction::kSendOnly), "cname", true).talk->active);
  EXPECT_FALSE(peer_config(with_audio(Direction::kRecvOnly), "cname", true).audio);
}

// PROTOCOL.md "Sound": a viewer's first offer may have no audio section at all.
TEST(PeerConfig, WhoMayTalkMayBeginWithALaterOffer) {
  EXPECT_FALSE(peer_config(agreed_session(), "cname", true).talk);
  EXPECT_TRUE(peer_config(agreed_session(), "cname", true).may_talk);
  EXPECT_FALSE(peer_config(with_audio(Direction::kSendRecv), "cname", false).may_talk);
}

TEST(PeerConfig, RejectedVideoIsNotSent) {
  NegotiatedSession session = agreed_session();
  session.media.front().accepted = false;
  EXPECT_FALSE(peer_config(session, "cname", false).video);
}

}  // namespace
}  // namespace perch::agent
