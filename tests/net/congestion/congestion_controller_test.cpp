#include "net/congestion/congestion_controller.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

constexpr Duration kDelay = milliseconds(50);

/// Sends evenly at the target over a path with `capacity` and no limit to its queue, feedback every 50 ms.
class CongestionControllerTest : public testing::Test {
 protected:
  static constexpr std::size_t kSize = 1000;

  void run(Duration length, Bitrate capacity, bool feedback = true) {
    const TimePoint end = now_ + length;
    while (now_ < end) {
      controller_.on_deadline(now_);
      log_.on_sent(now_, kSize);
      const rtp::SequenceNumber number = log_.next_number() + -1;
      controller_.on_sent(now_, number, false);
      free_at_ = std::max(free_at_, now_) + capacity.time_for(kSize + 28);
      arrivals_.push_back({number, microseconds(to_us((free_at_ + kDelay).time_since_epoch()))});
      now_ += controller_.target().time_for(kSize + 28);
      if (now_ >= feedback_at_) {
        feedback_at_ = now_ + milliseconds(50);
        if (feedback) report();
      }
    }
  }
  void report() {
    rtcp::TransportFeedback out{1, 2, {next_reported_}, 0, 0, {}};
    const auto heard = microseconds(to_us((now_ - kDelay).time_since_epoch()));
    while (!arrivals_.empty() && arrivals_.front().at <= heard) {
      out.arrivals.push_back({arrivals_.front().number, arrivals_.front().at + receiver_zero_});
      next_reported_ = static_cast<std::uint16_t>(arrivals_.front().number.value + 1);
      arrivals_.erase(arrivals_.begin());
    }
    if (out.arrivals.empty()) return;
    out.base = out.arrivals.front().number;
    out.status_count = static_cast<std::uint16_t>(next_reported_ - out.base.value);
    log_.on_feedback(now_, out, [this](const SendLog::PacketResult& result) { controller_.on_packet(result); });
    controller_.on_feedback(now_);
  }
  [[nodiscard]] double kbps() const { return static_cast<double>(controller_.target().bps()) / 1000; }

  CongestionController controller_{{Bitrate::kbps(300), Bitrate::kbps(50), Bitrate::kbps(2500), 28, false}};
  SendLog log_;
  TimePoint now_{std::chrono::hours(24 * 40)};
  TimePoint free_at_{};
  TimePoint feedback_at_{};
  microseconds receiver_zero_{-123'456'789};
  std::vector<rtcp::TransportFeedback::Arrival> arrivals_;  // on our clock
  std::uint16_t next_reported_ = 0;
};

TEST_F(CongestionControllerTest, GrowsOnAFreePath) {
  run(seconds(60), Bitrate::kbps(100'000));
  EXPECT_NEAR(kbps(), 2500, 1);
}

TEST_F(CongestionControllerTest, StaysAroundTheCapacity) {
  run(seconds(30), Bitrate::kbps(800));
  for (int i = 0; i < 30; ++i) {
    run(seconds(1), Bitrate::kbps(800));
    EXPECT_GT(kbps(), 600);
    EXPECT_LT(kbps(), 900);
  }
}

TEST_F(CongestionControllerTest, GivesWayWithinHalfASecondWhenTheCapacityFalls) {
  run(seconds(60), Bitrate::kbps(2000));
  ASSERT_GT(kbps(), 1400);
  run(milliseconds(500), Bitrate::kbps(700));
  EXPECT_LT(kbps(), 720);
}

TEST_F(CongestionControllerTest, ASecondWithoutFeedbackHalvesTheRate) {
  run(seconds(30), Bitrate::kbps(100'000));
  const double before = kbps();
  run(milliseconds(900), Bitrate::kbps(100'000), false);
  EXPECT_DOUBLE_EQ(kbps(), before);
  run(milliseconds(200), Bitrate::kbps(100'000), false);
  EXPECT_NEAR(kbps(), before / 2, 1);
  run(milliseconds(1050), Bitrate::kbps(100'000), false);
  EXPECT_NEAR(kbps(), before / 4, 1);
}

TEST_F(CongestionControllerTest, SilenceWithoutAnythingInFlightMeansNothing) {
  run(seconds(10), Bitrate::kbps(100'000));
  now_ += kDelay + milliseconds(60);
  report();
  EXPECT_EQ(controller_.deadline(), kNever);
  const double before = kbps();
  controller_.on_deadline(now_ + seconds(30));
  EXPECT_DOUBLE_EQ(kbps(), before);
}

TEST_F(CongestionControllerTest, AReceiverWhoseClockJumpsBackIsFollowed) {
  run(seconds(30), Bitrate::kbps(800));
  receiver_zero_ -= std::chrono::hours(24 * 12);
  run(seconds(5), Bitrate::kbps(800));
  EXPECT_GT(kbps(), 500);
  run(seconds(20), Bitrate::kbps(400));
  EXPECT_LT(kbps(), 480);
  EXPECT_GT(kbps(), 250);
}

// 24 signed bits of 64 ms: after six days of uptime the receiver's clock is below zero.
TEST_F(CongestionControllerTest, AReceiversClockMayBeNegative) {
  receiver_zero_ = -std::chrono::hours(24 * 41);
  run(seconds(30), Bitrate::kbps(100'000));
  EXPECT_GT(controller_.acked(), Bitrate::kbps(800));
  run(seconds(20), Bitrate::kbps(400));
  EXPECT_LT(kbps(), 480);
  EXPECT_GT(kbps(), 250);
}

TEST_F(CongestionControllerTest, RembDecidesOnlyWhereNoPacketIsReported) {
  controller_.on_remb(now_, Bitrate::kbps(700));
  EXPECT_EQ(controller_.target(), Bitrate::kbps(700));
  EXPECT_EQ(controller_.deadline(), kNever);
  run(seconds(2), Bitrate::kbps(100'000));
  const Bitrate own = controller_.target();
  controller_.on_remb(now_, Bitrate::kbps(100));
  EXPECT_EQ(controller_.target(), own);
}

TEST_F(CongestionControllerTest, ANewMaximumHoldsAtOnce) {
  run(seconds(60), Bitrate::kbps(100'000));
  controller_.set_max(Bitrate::kbps(1000));
  EXPECT_NEAR(kbps(), 1000, 1);
}

TEST_F(CongestionControllerTest, WithoutPaddingThereAreNoProbes) {
  EXPECT_FALSE(controller_.next_probe(now_));
  controller_.request_probe(Bitrate::kbps(1000));
  EXPECT_FALSE(controller_.next_probe(now_));
}

TEST(CongestionController, PacesAFrameOutSoonUntilABottleneckIsKnown) {
  const CongestionController controller({});
  EXPECT_EQ(controller.pacing_rate(), Bitrate::kbps(750));
  EXPECT_TRUE(CongestionController({}).next_probe(TimePoint(seconds(1))));
}

TEST(CongestionController, WhatIsLateInThePacerIsTakenOffTheNextFrames) {
  const CongestionController controller({});
  EXPECT_EQ(controller.media_rate(milliseconds(0)), Bitrate::kbps(300));
  EXPECT_EQ(controller.media_rate(milliseconds(5)), Bitrate::kbps(300));
  EXPECT_LT(controller.media_rate(milliseconds(20)), Bitrate::kbps(250));
  EXPECT_EQ(controller.media_rate(seconds(1)), Bitrate::kbps(150));
}

}  // namespace
}  // namespace perch::net
