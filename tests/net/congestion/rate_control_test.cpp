#include "net/congestion/rate_control.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

class RateControlTest : public testing::Test {
 protected:
  /// Feedback every 50 ms for `length`.
  void run(Duration length, const RateControl::Path& path) {
    for (const TimePoint end = now_ + length; now_ < end; now_ += milliseconds(50)) rate_.update(now_, path);
  }
  static RateControl::Path path(Bitrate acked, std::optional<Bitrate> bottleneck = std::nullopt) {
    RateControl::Path out;
    out.acked = acked;
    out.bottleneck = out.latest = bottleneck;
    return out;
  }
  [[nodiscard]] double kbps() const { return static_cast<double>(rate_.target().bps()) / 1000; }
  RateControl rate_{{Bitrate::kbps(300), Bitrate::kbps(50), Bitrate::kbps(2500)}};
  TimePoint now_{seconds(1)};
};

TEST_F(RateControlTest, StaysWithinItsLimits) {
  rate_.set_target(Bitrate::kbps(9000));
  EXPECT_EQ(rate_.target(), Bitrate::kbps(2500));
  rate_.set_target(Bitrate::kbps(1));
  EXPECT_EQ(rate_.target(), Bitrate::kbps(50));
  rate_.set_target(Bitrate::kbps(2000));
  rate_.set_limits({Bitrate::kbps(300), Bitrate::kbps(50), Bitrate::kbps(1000)});
  EXPECT_EQ(rate_.target(), Bitrate::kbps(1000));
}

TEST_F(RateControlTest, GoesToJustBelowAKnownBottleneck) {
  run(seconds(2), path(Bitrate::kbps(1000), Bitrate::kbps(1000)));
  EXPECT_GE(kbps(), 960);
}

TEST_F(RateControlTest, WithoutOneItGrowsByEightPercentPerSecond) {
  run(seconds(1), path(Bitrate::kbps(300)));
  EXPECT_NEAR(kbps(), 300 + 50, 5);  // at low rates the additive step is the larger one
  rate_.set_target(Bitrate::kbps(1000));
  run(seconds(1), path(Bitrate::kbps(1000)));
  EXPECT_NEAR(kbps(), 1080, 10);
}

TEST_F(RateControlTest, DoesNotGrowFarBeyondWhatWasTried) {
  run(seconds(60), path(Bitrate::kbps(300)));
  EXPECT_LE(kbps(), 1.5 * 300 + 10);
  RateControl::Path proven = path(Bitrate::kbps(300));
  proven.confirmed = Bitrate::kbps(1200);
  run(seconds(60), proven);
  EXPECT_NEAR(kbps(), 1200, 1);
}

TEST_F(RateControlTest, OveruseGoesToTheLatestBottleneck) {
  rate_.set_target(Bitrate::kbps(1500));
  RateControl::Path over = path(Bitrate::kbps(1400), Bitrate::kbps(600));
  over.usage = PathUsage::kOveruse;
  run(milliseconds(50), over);
  EXPECT_NEAR(kbps(), 570, 1);
  EXPECT_TRUE(rate_.at_limit());
}

TEST_F(RateControlTest, OveruseWithoutABottleneckGoesBelowWhatCameThroughOncePerResponse) {
  rate_.set_target(Bitrate::kbps(1500));
  RateControl::Path over = path(Bitrate::kbps(1000));
  over.usage = PathUsage::kOveruse;
  run(milliseconds(50), over);
  EXPECT_NEAR(kbps(), 850, 1);
  over.acked = Bitrate::kbps(500);
  run(milliseconds(100), over);
  EXPECT_NEAR(kbps(), 850, 1);
  run(milliseconds(150), over);
  EXPECT_NEAR(kbps(), 425, 1);
}

TEST_F(RateControlTest, AStandingQueueIsDrained) {
  rate_.set_target(Bitrate::kbps(970));
  RateControl::Path full = path(Bitrate::kbps(970), Bitrate::kbps(1000));
  full.standing = milliseconds(70);
  run(milliseconds(100), full);
  EXPECT_LT(kbps(), 800);
  EXPECT_GT(kbps(), 480);
}

TEST_F(RateControlTest, AForeignQueueIsNotButTheBottleneckHolds) {
  rate_.set_target(Bitrate::kbps(700));
  RateControl::Path full = path(Bitrate::kbps(700), Bitrate::kbps(900));
  full.standing = milliseconds(150);
  run(milliseconds(1200), full);
  EXPECT_TRUE(rate_.beside_foreign(now_));
  const double gave_way = kbps();
  EXPECT_LT(gave_way, 600);
  run(seconds(5), full);
  EXPECT_GT(kbps(), 850);
  EXPECT_LE(kbps(), 910);  // one additive step
}

TEST_F(RateControlTest, LargeAndSmallFlowsComeTogether) {
  RateControl small({Bitrate::kbps(200), Bitrate::kbps(50), Bitrate::kbps(5000)});
  RateControl large({Bitrate::kbps(1600), Bitrate::kbps(50), Bitrate::kbps(5000)});
  double queue_us = 0;
  for (; now_ < TimePoint(seconds(60)); now_ += milliseconds(50)) {
    const double sum = static_cast<double>(small.target().bps() + large.target().bps());
    queue_us = std::max(0.0, queue_us + (sum / 2e6 - 1) * 50'000);
    for (RateControl* one : {&small, &large}) {
      RateControl::Path seen = path(one->target());
      seen.standing = microseconds(static_cast<std::int64_t>(queue_us));
      one->update(now_, seen);
    }
  }
  EXPECT_LT(static_cast<double>(large.target().bps()), 1.5 * static_cast<double>(small.target().bps()));
}

}  // namespace
}  // namespace perch::net
