#include "signaling/mqtt_tls.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

TEST(ClockWords, SayThatAClockOfBeforeThisProgramIsWrong) {
  EXPECT_EQ(clock_words(0), ": our clock is wrong, it says 1970-01-01");
  EXPECT_EQ(clock_words(1'767'225'599), ": our clock is wrong, it says 2025-12-31");
}

TEST(ClockWords, LeaveItOpenWhoIsWrongOtherwise) {
  EXPECT_EQ(clock_words(1'767'225'600), " (our clock says 2026-01-01)");
  EXPECT_EQ(clock_words(2'000'000'000), " (our clock says 2033-05-18)");
}

}  // namespace
}  // namespace perch::signaling
