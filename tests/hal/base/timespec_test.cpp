#include "hal/base/timespec.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace perch {
namespace {

TEST(ToTimespec, SplitsSecondsAndNanoseconds) {
  const timespec time = to_timespec(seconds(4'000) + nanoseconds(999'999'999));
  EXPECT_EQ(time.tv_sec, 4'000);
  EXPECT_EQ(time.tv_nsec, 999'999'999);
}

TEST(ToTimespec, EndsWithTheLastTimeThatCanBeSaid) {
  EXPECT_EQ(to_timespec(seconds::max()).tv_sec, std::numeric_limits<std::time_t>::max());
}

}  // namespace
}  // namespace perch
