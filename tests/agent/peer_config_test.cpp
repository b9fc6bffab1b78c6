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
  const net::PeerConfig config = peer_config(agreed_session(), "cname");
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
  const net::PeerConfig config = peer_config(session, "cname");
  EXPECT_FALSE(config.video->rtp.rtx_ssrc);
  EXPECT_FALSE(config.video->rtp.rtx_payload_type);
}

TEST(PeerConfig, InactiveVideoIsNotSent) {
  NegotiatedSession session = agreed_session();
  session.media.front().direction = Direction::kInactive;
  EXPECT_FALSE(peer_config(session, "cname").video);
}

TEST(PeerConfig, RejectedVideoIsNotSent) {
  NegotiatedSession session = agreed_session();
  session.media.front().accepted = false;
  EXPECT_FALSE(peer_config(session, "cname").video);
}

}  // namespace
}  // namespace perch::agent
