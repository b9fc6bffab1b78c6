#include "hal/base/time.hpp"

#include <gtest/gtest.h>

#include "hal/base/units.hpp"

namespace perch {
namespace {

TEST(NtpClock, MapsTheUnixEpochToTheNtpEra) {
  const NtpClock clock(TimePoint{}, nanoseconds(0));
  EXPECT_EQ(clock.at(TimePoint{}).value >> 32, 2'208'988'800U);  // RFC 5905 Figure 4: 1 January 1970
}

TEST(NtpClock, CarriesHalfASecondInTheFraction) {
  const NtpClock clock(TimePoint{}, seconds(10));
  const NtpTime t = clock.at(TimePoint{} + milliseconds(1500));
  EXPECT_EQ(t.value & 0xFFFFFFFF, 0x80000000U);
  EXPECT_EQ(t.middle(), static_cast<std::uint32_t>(((2'208'988'811ULL & 0xFFFF) << 16) | 0x8000));
}

TEST(Bitrate, TellsHowLongBytesTake) {
  EXPECT_EQ(Bitrate::kbps(8).time_for(1000), seconds(1));
  EXPECT_LT(Bitrate::kbps(1), Bitrate::bps(1001));
}

TEST(FrameRate, IntervalOfNtscRate) {
  EXPECT_NEAR(static_cast<double>((FrameRate{30000, 1001}.interval()).count()), 33'366'666.0, 1.0);
}

}  // namespace
}  // namespace perch
