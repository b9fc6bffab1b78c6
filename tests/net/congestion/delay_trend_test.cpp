// Grouping, trend line and detector together: what the delay of a stream of packets says about the path.
#include <gtest/gtest.h>

#include <optional>

#include "hal/base/random.hpp"
#include "net/congestion/inter_arrival.hpp"
#include "net/congestion/overuse_detector.hpp"
#include "net/congestion/trendline.hpp"

namespace perch::net {
namespace {

microseconds ms(double v) { return microseconds(static_cast<std::int64_t>(v * 1000)); }

TEST(InterArrival, TakesPacketsSentWithinFiveMillisecondsForOneGroup) {
  InterArrival groups;
  EXPECT_FALSE(groups.add(ms(0), ms(50)));
  EXPECT_FALSE(groups.add(ms(4), ms(60)));
  EXPECT_FALSE(groups.add(ms(20), ms(70)));
  const auto delta = groups.add(ms(40), ms(95));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->sent, ms(16));
  EXPECT_EQ(delta->arrived, ms(10));
  EXPECT_EQ(delta->arrived_at, ms(70));
}

TEST(InterArrival, TakesPacketsThatWereHeldUpTogetherForOneGroup) {
  InterArrival groups;
  static_cast<void>(groups.add(ms(0), ms(50)));
  static_cast<void>(groups.add(ms(20), ms(120)));
  EXPECT_FALSE(groups.add(ms(40), ms(121)));
  EXPECT_FALSE(groups.add(ms(60), ms(122)));
  const auto delta = groups.add(ms(80), ms(140));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->sent, ms(60));
  EXPECT_EQ(delta->arrived, ms(72));
}

TEST(InterArrival, IgnoresPacketsOfClosedGroups) {
  InterArrival groups;
  static_cast<void>(groups.add(ms(0), ms(50)));
  static_cast<void>(groups.add(ms(20), ms(70)));
  EXPECT_FALSE(groups.add(ms(1), ms(71)));
}

/// One packet per 10 ms over a path whose delay grows by `slope` ms per ms.
class DelayTrendTest : public testing::Test {
 protected:
  PathUsage run(int packets, double slope, double jitter_ms = 0) {
    PathUsage worst = PathUsage::kNormal;
    for (int i = 0; i < packets; ++i) {
      queue_ms_ += slope * 10;
      if (queue_ms_ < 0) queue_ms_ = 0;
      sent_ms_ += 10;
      const double arrived = sent_ms_ + 50 + queue_ms_ + jitter_ms * random_.unit();
      const auto delta = groups_.add(ms(sent_ms_), ms(arrived));
      if (!delta) continue;
      trend_.add(*delta);
      const PathUsage usage = detector_.update(trend_.weighted(), delta->sent, delta->arrived_at);
      if (usage != PathUsage::kNormal) worst = usage;
    }
    return worst;
  }
  InterArrival groups_;
  Trendline trend_;
  OveruseDetector detector_;
  SeededRandom random_{1};
  double sent_ms_ = 0;
  double queue_ms_ = 0;
};

TEST_F(DelayTrendTest, AConstantDelayIsNormal) { EXPECT_EQ(run(500, 0), PathUsage::kNormal); }

TEST_F(DelayTrendTest, AGrowingQueueIsOveruseWithinAQuarterSecond) {
  run(200, 0);
  EXPECT_EQ(run(25, 0.3), PathUsage::kOveruse);
}

TEST_F(DelayTrendTest, AnEmptyingQueueIsUnderuse) {
  run(100, 0);
  run(50, 0.2);
  EXPECT_EQ(run(40, -0.25), PathUsage::kUnderuse);
}

TEST_F(DelayTrendTest, JitterAloneIsNormal) { EXPECT_EQ(run(1000, 0, 8), PathUsage::kNormal); }

TEST_F(DelayTrendTest, TheThresholdRisesBesideACompetitorAndSinksAgain) {
  run(300, 0);
  const double quiet = detector_.threshold();
  for (int i = 0; i < 20; ++i) {
    run(30, 0.06);
    run(30, -0.06);
  }
  EXPECT_GT(detector_.threshold(), quiet);
  run(300, 0);
  EXPECT_DOUBLE_EQ(detector_.threshold(), OveruseDetector::kLowest);
  detector_.set_lowest(30);
  run(10, 0);
  EXPECT_DOUBLE_EQ(detector_.threshold(), 30);
}

}  // namespace
}  // namespace perch::net
