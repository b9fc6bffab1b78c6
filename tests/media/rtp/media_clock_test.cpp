#include "media/rtp/media_clock.hpp"

#include <gtest/gtest.h>

namespace perch::rtp {
namespace {

const TimePoint kStart{std::chrono::hours(1)};

TEST(MediaClock, StartsAtTheOffsetAndTicksAtNinetyKilohertz) {
  MediaClock clock(1000);
  EXPECT_EQ(clock.next(kStart).value, 1000u);
  EXPECT_EQ(clock.next(kStart + milliseconds(40)).value, 1000u + 3600u);
  EXPECT_EQ(clock.next(kStart + seconds(1)).value, 1000u + 90'000u);
}

TEST(MediaClock, WrapsAt32Bits) {
  MediaClock clock(0xFFFFFFFF);
  EXPECT_EQ(clock.next(kStart).value, 0xFFFFFFFFu);
  EXPECT_EQ(clock.next(kStart + seconds(1)).value, 89'999u);
}

TEST(MediaClock, NeverRepeatsNorGoesBackWhenStampsDo) {
  MediaClock clock(0);
  EXPECT_EQ(clock.next(kStart).value, 0u);
  EXPECT_EQ(clock.next(kStart).value, 1u);
  EXPECT_EQ(clock.next(kStart - seconds(5)).value, 2u);
  EXPECT_EQ(clock.next(kStart + seconds(1)).value, 90'000u);
}

TEST(MediaClock, StaysExactOverAYear) {
  MediaClock clock(0);
  (void)clock.next(kStart);
  const std::int64_t year_s = 365LL * 24 * 3600;
  EXPECT_EQ(clock.next(kStart + seconds(year_s)).value, static_cast<std::uint32_t>(year_s * 90'000));
}

}  // namespace
}  // namespace perch::rtp
