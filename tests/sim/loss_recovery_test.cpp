// Bad networks: what is lost comes back, by retransmission or by a key frame.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/peer_pair.hpp"

namespace perch::sim {
namespace {

class LossyNetwork : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, LossyNetwork, testing::Range<std::uint64_t>(100, 105));

TEST_P(LossyNetwork, ConnectsUnder30PercentLoss) {
  PairConfig config;
  config.to_viewer.loss = config.to_camera.loss = 0.3;
  PeerPair pair(GetParam(), config);
  EXPECT_TRUE(pair.run_until(
      [&] { return pair.viewer().camera_side->connected() && pair.viewer().viewer_side->connected(); }, seconds(20)))
      << "seed " << pair.seed();
}

TEST_P(LossyNetwork, FivePercentLossIsRepairedWithoutAKeyframe) {
  PairConfig config;
  config.to_viewer.jitter = milliseconds(3);
  PeerPair pair(GetParam(), config);
  pair.run(milliseconds(200));  // when the very first packet is lost, no receiver knows that it was there
  pair.viewer().to_viewer->config().loss = pair.viewer().to_camera->config().loss = 0.05;
  pair.run(seconds(10));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  EXPECT_GT(stats.recovered, 50u) << "seed " << pair.seed();
  EXPECT_EQ(stats.undecodable, 0u) << "seed " << pair.seed();
  EXPECT_EQ(stats.given_up, 0u) << "seed " << pair.seed();
  EXPECT_EQ(pair.viewer().keyframes_wanted, 0u) << "seed " << pair.seed();
}

TEST_P(LossyNetwork, EverythingAtOnceStillShowsAPicture) {
  PairConfig config;
  config.to_viewer = {milliseconds(40), milliseconds(20), 0.1, 0.05, Bitrate::kbps(4000), milliseconds(300)};
  config.to_camera = {milliseconds(40), milliseconds(20), 0.1, 0.05, {}, milliseconds(300)};
  PeerPair pair(GetParam(), config);
  pair.run(seconds(10));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  EXPECT_GT(stats.frames, 220u) << "seed " << pair.seed();
  EXPECT_LT(stats.undecodable, 100u) << "seed " << pair.seed();
  EXPECT_EQ(stats.damaged, 0u) << "seed " << pair.seed();
}

TEST(BurstLoss, IsRecoveredByRtx) {
  PeerPair pair(120, {});
  pair.run(seconds(2));
  pair.viewer().to_viewer->black_out(pair.now(), pair.now() + milliseconds(200));
  pair.run(seconds(3));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  EXPECT_GE(stats.recovered, 40u);  // 6 frames of 8 packets
  EXPECT_EQ(stats.given_up, 0u);
  EXPECT_EQ(stats.undecodable, 0u);
  EXPECT_EQ(pair.viewer().keyframes_wanted, 0u);
}

TEST(BurstLoss, IsRecoveredByPlainRetransmissionWithoutRtx) {
  PairConfig config;
  config.rtx = false;
  PeerPair pair(121, config);
  pair.run(seconds(2));
  pair.viewer().to_viewer->black_out(pair.now(), pair.now() + milliseconds(200));
  pair.run(seconds(3));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  EXPECT_GE(stats.recovered, 40u);
  EXPECT_EQ(stats.undecodable, 0u);
  EXPECT_EQ(pair.viewer().keyframes_wanted, 0u);
}

TEST(BurstLoss, LongerThanTheHistoryBringsAKeyframeAtOnce) {
  PeerPair pair(122, {});
  pair.run(seconds(2));
  pair.viewer().to_viewer->black_out(pair.now(), pair.now() + seconds(3));
  pair.run(milliseconds(3100));
  EXPECT_GE(pair.viewer().keyframes_wanted, 1u);
  pair.run(milliseconds(1500));
  const std::uint64_t undecodable = pair.viewer().viewer_side->stats().undecodable;
  pair.run(seconds(2));
  EXPECT_EQ(pair.viewer().viewer_side->stats().undecodable, undecodable);
  EXPECT_GE(pair.viewer().viewer_side->stats().keyframes, 2u);
}

TEST(LossWithoutNack, ComesBackWithAKeyframe) {
  PairConfig config;
  config.nack = false;
  PeerPair pair(123, config);
  pair.run(seconds(2));
  pair.viewer().to_viewer->black_out(pair.now(), pair.now() + milliseconds(50));
  pair.run(seconds(2));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  EXPECT_GE(stats.plis_sent, 1u);
  EXPECT_EQ(stats.keyframes, 2u);
  EXPECT_TRUE(pair.viewer().camera_side->stats().retransmitted == 0);
}

TEST(Retransmission, NoPacketGoesTwiceWithinARoundTrip) {
  PairConfig config;
  config.to_camera.duplication = 1;  // every NACK comes twice; SRTP drops the copy
  config.to_viewer.loss = 0.05;
  PeerPair pair(124, config);
  pair.run(seconds(5));
  const net::PeerStats camera = pair.viewer().camera_side->stats();
  EXPECT_GT(camera.not_authentic, 0u);
  EXPECT_LE(camera.retransmitted, camera.packets_nacked);
  EXPECT_LT(static_cast<double>(camera.retransmitted), static_cast<double>(camera.packets_sent) * 0.08);
}

}  // namespace
}  // namespace perch::sim
