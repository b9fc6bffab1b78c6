#include "net/congestion/windowed_rate.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

void feed(WindowedRate& rate, microseconds from, microseconds until, microseconds every, std::size_t bytes) {
  for (microseconds t = from; t < until; t += every) rate.add(t, bytes);
}

TEST(WindowedRate, IsUnknownForTheFirstTenthOfASecond) {
  WindowedRate rate;
  feed(rate, seconds(5), seconds(5) + milliseconds(80), milliseconds(10), 1250);
  EXPECT_EQ(rate.rate().bps(), 0);
}

TEST(WindowedRate, TellsASteadyRate) {
  WindowedRate rate;
  feed(rate, seconds(5), seconds(7), milliseconds(10), 1250);
  EXPECT_NEAR(static_cast<double>(rate.rate().kbps()), 1000, 25);
}

TEST(WindowedRate, ForgetsWhatIsOlderThanHalfASecond) {
  WindowedRate rate;
  feed(rate, seconds(5), seconds(6), milliseconds(10), 1250);
  feed(rate, seconds(6), milliseconds(6525), milliseconds(10), 125);
  EXPECT_NEAR(static_cast<double>(rate.rate().kbps()), 100, 5);
}

TEST(WindowedRate, CountsAPauseAsNothingSent) {
  WindowedRate rate;
  feed(rate, seconds(5), seconds(6), milliseconds(10), 1250);
  rate.add(seconds(60), 1250);
  EXPECT_EQ(rate.rate().bps(), 0);
  feed(rate, seconds(60), milliseconds(60'100), milliseconds(10), 1250);
  EXPECT_LT(rate.rate().kbps(), 300);
}

TEST(WindowedRate, TakesReorderedPacketsAndIgnoresAncientOnes) {
  WindowedRate rate;
  feed(rate, seconds(5), seconds(6), milliseconds(10), 1250);
  const Bitrate before = rate.rate();
  rate.add(seconds(6) - milliseconds(100), 1250);
  EXPECT_GT(rate.rate(), before);
}

TEST(WindowedRate, CountsAcrossZeroAndBelow) {
  WindowedRate rate;
  feed(rate, seconds(-3), milliseconds(200), milliseconds(10), 1250);
  EXPECT_NEAR(static_cast<double>(rate.rate().kbps()), 1000, 25);
}

TEST(WindowedRate, StartsAgainWhenTheClockJumpsBack) {
  WindowedRate rate;
  feed(rate, seconds(500), seconds(501), milliseconds(10), 1250);
  feed(rate, seconds(5), seconds(6), milliseconds(10), 125);
  EXPECT_NEAR(static_cast<double>(rate.rate().kbps()), 100, 5);
}

}  // namespace
}  // namespace perch::net
