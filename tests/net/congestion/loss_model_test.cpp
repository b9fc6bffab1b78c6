#include "net/congestion/loss_model.hpp"

#include <gtest/gtest.h>

#include "hal/base/random.hpp"

namespace perch::net {
namespace {

/// 150 packets per second, feedback every 100 ms.
class LossModelTest : public testing::Test {
 protected:
  void run(int tenths, double loss, Bitrate acked = Bitrate::kbps(1000), microseconds standing = {}) {
    for (int i = 0; i < tenths; ++i) {
      for (int packet = 0; packet < 15; ++packet) model_.add(random_.unit() < loss);
      now_ += milliseconds(100);
      model_.on_feedback(now_, {acked, standing});
      if (model_.limit()) ++limited_;
    }
  }
  LossModel model_;
  SeededRandom random_{5};
  TimePoint now_{seconds(1)};
  int limited_ = 0;
};

TEST_F(LossModelTest, NoLossIsNoLimit) {
  run(100, 0);
  EXPECT_EQ(limited_, 0);
  EXPECT_DOUBLE_EQ(model_.ratio(), 0);
}

TEST_F(LossModelTest, ASteadyLossBecomesTheUsualOne) {
  run(600, 0.05);
  EXPECT_NEAR(model_.ratio(), 0.05, 0.03);
  EXPECT_NEAR(model_.inherent(), 0.05, 0.025);
  EXPECT_LT(limited_, 600 / 4);  // false alarms exist, and pass
}

TEST_F(LossModelTest, MoreThanTheUsualLimitsToWhatCameThrough) {
  run(100, 0.01);
  limited_ = 0;
  run(10, 0.25, Bitrate::kbps(800));
  ASSERT_TRUE(model_.limit());
  EXPECT_LE(*model_.limit(), Bitrate::kbps(800));
  EXPECT_GE(*model_.limit(), Bitrate::kbps(700));
}

TEST_F(LossModelTest, TheLimitGrowsAndVanishesWhenLossesStop) {
  run(100, 0);
  run(10, 0.3, Bitrate::kbps(800));
  ASSERT_TRUE(model_.limit());
  run(30, 0, Bitrate::kbps(800));
  EXPECT_TRUE(!model_.limit() || *model_.limit() > Bitrate::kbps(800));
  run(100, 0, Bitrate::kbps(800));
  EXPECT_FALSE(model_.limit());
}

TEST_F(LossModelTest, AStepOfTheRandomLossIsBelievedInTheEnd) {
  run(100, 0);
  run(400, 0.08);
  limited_ = 0;
  run(200, 0.08);
  EXPECT_LT(limited_, 100);
}

TEST_F(LossModelTest, LossesOfAFullQueueAreNotLearnt) {
  run(100, 0);
  run(50, 0.2, Bitrate::kbps(1000), milliseconds(200));
  EXPECT_LT(model_.inherent(), 0.01);
  EXPECT_TRUE(model_.limit());
}

TEST_F(LossModelTest, AnOutageIsNotCongestion) {
  run(100, 0);
  for (int i = 0; i < 300; ++i) model_.add(true);
  run(1, 0);
  run(20, 0);
  EXPECT_EQ(limited_, 0);
  EXPECT_LT(model_.inherent(), 0.02);
}

TEST_F(LossModelTest, NothingIsLeftOfASilence) {
  run(100, 0);
  run(10, 0.5, Bitrate::kbps(10));
  ASSERT_TRUE(model_.limit());
  for (int i = 0; i < 20; ++i) model_.add(i % 2 == 0);
  model_.after_silence(now_);
  EXPECT_FALSE(model_.limit());
  limited_ = 0;
  run(50, 0);
  EXPECT_EQ(limited_, 0);
}

TEST(LossModel, FewPacketsAreNotJudgedSoon) {
  LossModel model;
  for (int i = 0; i < 20; ++i) {
    model.add(i % 2 == 0);
    model.on_feedback(TimePoint(milliseconds(100 * i)), {Bitrate::kbps(100), {}});
  }
  EXPECT_FALSE(model.limit());
}

}  // namespace
}  // namespace perch::net
