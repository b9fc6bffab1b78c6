#include "tests/system/netsim/capacity_schedule.hpp"

#include <gtest/gtest.h>

namespace perch::netsim {
namespace {

using Phase = CapacitySchedule::Phase;

CapacitySchedule step_down() {
  return CapacitySchedule({Phase{seconds(0), Bitrate::kbps(2000)}, Phase{seconds(10), Bitrate::kbps(500)}});
}

TEST(CapacitySchedule, SendsAtTheRateOfTheMoment) {
  EXPECT_EQ(step_down().finish(seconds(1), 1250), seconds(1) + milliseconds(5));
  EXPECT_EQ(step_down().finish(seconds(20), 1250), seconds(20) + milliseconds(20));
}

TEST(CapacitySchedule, APacketAcrossAStepTakesPartOfEachRate) {
  // 2 ms at 2 Mbit/s are 500 bytes; the other 750 take 12 ms at 0.5 Mbit/s.
  EXPECT_EQ(step_down().finish(seconds(10) - milliseconds(2), 1250), seconds(10) + milliseconds(12));
}

TEST(CapacitySchedule, CountsBytesAcrossAStep) {
  EXPECT_DOUBLE_EQ(step_down().bytes_between(seconds(9), seconds(12)), 250'000 + 2 * 62'500);
  EXPECT_DOUBLE_EQ(step_down().bytes_between(seconds(3), seconds(3)), 0);
}

TEST(CapacitySchedule, TheFirstPhaseHoldsBeforeItsBeginning) {
  EXPECT_EQ(step_down().rate_at(-std::chrono::hours(24 * 365 * 90)), Bitrate::kbps(2000));
  EXPECT_EQ(step_down().finish(-seconds(5), 1250), -seconds(5) + milliseconds(5));
}

TEST(CapacitySchedule, WithoutPhasesNothingTakesTime) {
  EXPECT_EQ(CapacitySchedule().finish(seconds(7), 1'000'000), seconds(7));
  EXPECT_EQ(CapacitySchedule().bytes_between(seconds(0), seconds(9)), 0);
}

}  // namespace
}  // namespace perch::netsim
