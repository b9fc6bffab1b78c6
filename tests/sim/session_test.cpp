// Whole sessions on a good network: connecting, joining, reports, many viewers.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/peer_pair.hpp"

namespace perch::sim {
namespace {

TEST(Session, ViewerGetsEveryFrameFromTheFirstKeyframeOn) {
  PeerPair pair(1, {});
  pair.run(seconds(2));
  const auto& viewer = pair.viewer();
  ASSERT_GE(viewer.frames.size(), 55u);
  EXPECT_TRUE(viewer.frames.front().keyframe);
  EXPECT_EQ(viewer.viewer_side->stats().undecodable, 0u);
  EXPECT_EQ(viewer.viewer_side->stats().damaged, 0u);
  for (std::size_t i = 1; i < viewer.frames.size(); ++i) {
    EXPECT_EQ(viewer.frames[i].timestamp.value - viewer.frames[i - 1].timestamp.value, 3000u);
  }
}

TEST(Session, ConnectsWithinFourTripsOfTheNetwork) {
  PeerPair pair(2, {});
  const TimePoint start = pair.now();
  ASSERT_TRUE(pair.run_until([&] { return pair.viewer().camera_side->connected(); }, seconds(5)));
  EXPECT_LE(pair.now() - start, milliseconds(45));  // ClientHello, ServerHello…, client's Finished, server's: 4 x 10 ms
}

TEST(Session, TellsOnceWhenTheFirstPictureLeaves) {
  PeerPair pair(2, {});
  TimePoint connected_at = kNever;
  TimePoint left_at = kNever;
  pair.on_media_sent = [&](ByteView) { left_at = std::min(left_at, pair.now()); };
  ASSERT_TRUE(pair.run_until([&] { return pair.viewer().camera_side->connected(); }, seconds(5)));
  connected_at = pair.now();
  pair.run(seconds(2));
  std::vector<TimePoint> told;
  for (const net::Peer::Event& event : pair.viewer().camera_events)
    if (const auto* began = std::get_if<net::Peer::PictureBegan>(&event)) told.push_back(began->at);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told.front(), left_at);
  EXPECT_GE(told.front(), connected_at);
}

TEST(Session, ALateJoinersFirstPictureIsTheKeyframeItWaitedFor) {
  PairConfig config;
  config.viewers = 2;
  PeerPair pair(4, config);
  pair.viewer(1).to_camera->config().loss = 1;
  pair.run(milliseconds(1500));  // the stored key frame is too old by then
  pair.viewer(1).to_camera->config().loss = 0;
  const auto begun = [&] {
    return std::ranges::any_of(pair.viewer(1).camera_events, [](const net::Peer::Event& event) {
      return std::holds_alternative<net::Peer::PictureBegan>(event);
    });
  };
  ASSERT_TRUE(pair.run_until([&] { return pair.viewer(1).keyframes_wanted == 1; }, seconds(5)));
  EXPECT_FALSE(begun());
  ASSERT_TRUE(pair.run_until([&] { return pair.keyframes_encoded() == 2; }, seconds(1)));
  pair.run(milliseconds(50));
  EXPECT_TRUE(begun());
}

TEST(Session, LateJoinerStartsFromTheHistory) {
  PairConfig config;
  config.viewers = 2;
  PeerPair pair(3, config);
  pair.viewer(1).to_camera->config().loss = 1;  // the second viewer's path comes up later
  pair.run(milliseconds(100));
  pair.viewer(1).to_camera->config().loss = 0;
  pair.run(milliseconds(400));
  EXPECT_EQ(pair.viewer(1).keyframes_wanted, 0u);
  ASSERT_FALSE(pair.viewer(1).frames.empty());
  EXPECT_TRUE(pair.viewer(1).frames.front().keyframe);
  EXPECT_EQ(pair.keyframes_encoded(), 1u);
}

TEST(Session, LateJoinerAsksForAKeyframeWhenTheLastIsOld) {
  PairConfig config;
  config.viewers = 2;
  PeerPair pair(4, config);
  pair.viewer(1).to_camera->config().loss = 1;
  pair.run(milliseconds(1500));
  pair.viewer(1).to_camera->config().loss = 0;
  pair.run(seconds(2));
  EXPECT_EQ(pair.viewer(1).keyframes_wanted, 1u);
  ASSERT_FALSE(pair.viewer(1).frames.empty());
  EXPECT_TRUE(pair.viewer(1).frames.front().keyframe);
  EXPECT_EQ(pair.keyframes_encoded(), 2u);
}

TEST(Session, TwoViewersShareOneHistoryAndLoseOnlyTheirOwnPackets) {
  PairConfig config;
  config.viewers = 2;
  PeerPair pair(5, config);
  pair.viewer(1).to_viewer->config().loss = 0.1;
  pair.run(seconds(5));
  const auto& good = pair.viewer(0).viewer_side->stats();
  const auto& bad = pair.viewer(1).viewer_side->stats();
  EXPECT_EQ(good.nacks_sent, 0u);
  EXPECT_EQ(pair.viewer(0).camera_side->stats().retransmitted, 0u);
  EXPECT_GT(bad.recovered, 50u);
  EXPECT_EQ(bad.undecodable, 0u);
  EXPECT_NEAR(static_cast<double>(bad.frames), static_cast<double>(good.frames), 8);
}

TEST(Session, ReportsLetBothSidesMeasureTheRoundTrip) {
  PairConfig config;
  config.to_viewer.delay = milliseconds(30);
  config.to_camera.delay = milliseconds(20);
  PeerPair pair(6, config);
  pair.run(seconds(5));
  const net::PeerStats camera = pair.viewer().camera_side->stats();
  const ReceiverStats& viewer = pair.viewer().viewer_side->stats();
  ASSERT_TRUE(camera.round_trip);
  EXPECT_NEAR(static_cast<double>(to_us(*camera.round_trip)), 50'000, 100);
  ASSERT_TRUE(viewer.round_trip);
  EXPECT_NEAR(static_cast<double>(to_us(*viewer.round_trip)), 50'000, 100);
}

TEST(Session, SenderReportComesWithTheFirstFrameAndThenAboutEverySecond) {
  PeerPair pair(7, {});
  ASSERT_TRUE(pair.run_until([&] { return !pair.viewer().frames.empty(); }, seconds(5)));
  pair.run(milliseconds(20));
  EXPECT_EQ(pair.viewer().viewer_side->stats().sender_reports, 1u);
  EXPECT_EQ(pair.viewer().viewer_side->stats().cname, "camera");
  pair.run(seconds(10));
  EXPECT_GE(pair.viewer().viewer_side->stats().sender_reports, 8u);
  EXPECT_LE(pair.viewer().viewer_side->stats().sender_reports, 16u);
}

TEST(Session, SenderReportCountsWhatWasSent) {
  PeerPair pair(8, {});
  pair.run(seconds(5));
  const auto& report = pair.viewer().viewer_side->stats().last_sender_report;
  ASSERT_TRUE(report);
  const net::PeerStats stats = pair.viewer().camera_side->stats();
  EXPECT_LE(report->packet_count, stats.packets_sent);
  EXPECT_GT(report->packet_count, stats.packets_sent / 2);
  EXPECT_GT(report->octet_count, report->packet_count * 900);
}

TEST(Session, TransportFeedbackIsCounted) {
  PeerPair pair(9, {});
  pair.run(seconds(3));
  const net::PeerStats stats = pair.viewer().camera_side->stats();
  EXPECT_GE(stats.transport_feedbacks, 20u);
  EXPECT_GT(stats.feedback_arrived, stats.packets_sent * 9 / 10);
  EXPECT_EQ(stats.feedback_lost, 0u);
}

TEST(Session, CloseSaysGoodbyeInRtcpAndDtls) {
  PeerPair pair(10, {});
  pair.run(seconds(1));
  pair.viewer().camera_side->close(pair.now());
  pair.run(milliseconds(100));
  EXPECT_EQ(pair.viewer().viewer_side->stats().goodbyes, 1u);
  ASSERT_FALSE(pair.viewer().viewer_events.empty());
  EXPECT_TRUE(std::holds_alternative<ReceiverPeer::Closed>(pair.viewer().viewer_events.back()));
  EXPECT_EQ(pair.viewer().camera_side->deadline(), kNever);
}

TEST(Session, ViewerThatClosesEndsTheCameraSide) {
  PeerPair pair(11, {});
  pair.run(seconds(1));
  pair.viewer().viewer_side->close(pair.now());
  pair.run(milliseconds(100));
  ASSERT_FALSE(pair.viewer().camera_events.empty());
  EXPECT_TRUE(std::holds_alternative<net::Peer::Closed>(pair.viewer().camera_events.back()));
  EXPECT_FALSE(pair.viewer().camera_side->connected());
}

TEST(Session, SkippedFramesLeaveNoGapInTheSequence) {
  PeerPair pair(12, {});
  pair.run(seconds(1));
  pair.viewer().muted = true;  // frames pass this viewer by
  pair.run(milliseconds(300));
  pair.viewer().muted = false;
  pair.run(seconds(2));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  EXPECT_EQ(stats.nacks_sent, 0u);
  EXPECT_EQ(stats.undecodable, 0u);
  EXPECT_EQ(pair.viewer().keyframes_wanted, 1u);
  EXPECT_EQ(stats.keyframes, 2u);
}

TEST(Session, SkipToKeyframeStopsUntilOneComes) {
  PeerPair pair(13, {});
  pair.run(seconds(1));
  const std::size_t before = pair.viewer().frames.size();
  pair.viewer().camera_side->skip_to_keyframe();
  pair.run(seconds(1));
  ASSERT_GT(pair.viewer().frames.size(), before + 2);
  // One frame may still have been on its way.
  EXPECT_TRUE(pair.viewer().frames[before].keyframe || pair.viewer().frames[before + 1].keyframe);
  EXPECT_EQ(pair.viewer().viewer_side->stats().undecodable, 0u);
}

}  // namespace
}  // namespace perch::sim
