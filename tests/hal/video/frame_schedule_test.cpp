#include "hal/video/frame_schedule.hpp"

#include <gtest/gtest.h>

namespace perch::video {
namespace {

constexpr TimePoint kStart{seconds(1000)};

TEST(FrameSchedule, FirstFrameIsDueAtTheStart) {
  FrameSchedule schedule(kStart, {30, 1});
  EXPECT_EQ(schedule.take(kStart - nanoseconds(1)), std::nullopt);
  EXPECT_EQ(schedule.take(kStart), 0U);
  EXPECT_EQ(schedule.take(kStart), std::nullopt);
  EXPECT_EQ(schedule.deadline(), kStart + nanoseconds(33'333'333));
}

TEST(FrameSchedule, GivesEachFrameOnceAtItsTime) {
  FrameSchedule schedule(kStart, {25, 1});
  for (std::uint32_t n = 0; n < 100; ++n) {
    EXPECT_EQ(schedule.deadline(), kStart + n * milliseconds(40));
    EXPECT_EQ(schedule.take(schedule.deadline()), n);
  }
}

TEST(FrameSchedule, LateReaderGetsTheNewest) {
  FrameSchedule schedule(kStart, {10, 1});
  EXPECT_EQ(schedule.take(kStart + milliseconds(350)), 3U);
  EXPECT_EQ(schedule.deadline(), kStart + milliseconds(400));
}

TEST(FrameSchedule, FractionalRateDoesNotDrift) {
  const FrameSchedule schedule(kStart, {30000, 1001});
  EXPECT_EQ(schedule.due(30000), kStart + seconds(1001));
  EXPECT_EQ(schedule.due(30000u * 100'000), kStart + seconds(1001) * 100'000);  // 3.2 years
}

TEST(FrameSchedule, NeverGivesAFrameBeforeItsTimeAfterALongPause) {
  FrameSchedule schedule(kStart, {30000, 1001});
  const TimePoint late = kStart + seconds(1001) * 1000 - nanoseconds(1);
  EXPECT_EQ(schedule.take(late), 30000U * 1000 - 1);
}

}  // namespace
}  // namespace perch::video
