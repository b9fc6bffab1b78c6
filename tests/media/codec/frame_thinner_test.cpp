#include "media/codec/frame_thinner.hpp"

#include <gtest/gtest.h>

namespace perch::codec {
namespace {

constexpr TimePoint kStart{seconds(9)};
constexpr Duration kInterval = nanoseconds(33'333'333);

/// How many of ten seconds' pictures are taken, with stamps that are off by up to a tenth of the interval.
int admitted(FrameThinner& thinner, TimePoint start = kStart) {
  int sum = 0;
  for (int i = 0; i < 300; ++i) {
    const Duration jitter = (i * 7 % 5 - 2) * kInterval / 20;
    sum += thinner.admits(start + i * kInterval + jitter, kInterval) ? 1 : 0;
  }
  return sum;
}

TEST(FrameThinner, TakesAllUnlessTold) {
  FrameThinner thinner;
  EXPECT_EQ(admitted(thinner), 300);
  thinner.set_rate(60);
  EXPECT_EQ(admitted(thinner), 300);
}

TEST(FrameThinner, LeavesTheRateThatIsAskedFor) {
  for (const int fps : {20, 15, 10, 7, 1}) {
    FrameThinner thinner;
    thinner.set_rate(fps);
    EXPECT_NEAR(admitted(thinner), 10 * fps, 1) << fps;
  }
}

TEST(FrameThinner, TakesEverySecondOfAnEvenStream) {
  FrameThinner thinner;
  thinner.set_rate(15);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(thinner.admits(kStart + i * kInterval, kInterval), i % 2 == 0) << i;
}

TEST(FrameThinner, GoesOnAfterAPauseAndAfterAClockThatWentBack) {
  FrameThinner thinner;
  thinner.set_rate(10);
  EXPECT_NEAR(admitted(thinner), 100, 1);
  EXPECT_NEAR(admitted(thinner, kStart + seconds(60)), 100, 1);
  EXPECT_NEAR(admitted(thinner, kStart - seconds(5)), 100, 1);
}

}  // namespace
}  // namespace perch::codec
