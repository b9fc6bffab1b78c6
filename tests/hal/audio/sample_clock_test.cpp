#include "hal/audio/sample_clock.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace perch::audio {
namespace {

constexpr TimePoint kStart{seconds(1000)};
constexpr int kRate = 48'000;

/// A card whose clock is `ppm` fast, stamped every 20 ms by its own count with jitter.
class Card {
 public:
  explicit Card(double ppm) : period_s_(1 / (kRate * (1 + ppm * 1e-6))) {}
  [[nodiscard]] TimePoint true_time(std::int64_t position) const {
    return kStart + nanoseconds(std::llround(static_cast<double>(position) * period_s_ * 1e9));
  }

 private:
  double period_s_;
};

double error_ms(TimePoint a, TimePoint b) { return std::abs(std::chrono::duration<double, std::milli>(a - b).count()); }

TEST(SampleClock, FirstStampIsTakenAsItIs) {
  SampleClock clock(kRate);
  EXPECT_TRUE(clock.on_stamp(960, kStart));
  EXPECT_EQ(clock.time_of(960), kStart);
  EXPECT_EQ(clock.time_of(0), kStart - milliseconds(20));
}

class SampleClockDrift : public testing::TestWithParam<int> {};

TEST_P(SampleClockDrift, StaysTrueOverHoursWithJitteryStamps) {
  const Card card(GetParam());
  SampleClock clock(kRate);
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same jitter each time
  std::exponential_distribution<double> late_ms(1.0);
  double worst_ms = 0;
  const std::int64_t hours = std::int64_t{4} * 3600 * kRate;
  for (std::int64_t position = 0; position < hours; position += 960) {
    const auto jitter = nanoseconds(std::llround(std::min(late_ms(random), 10.0) * 1e6));
    ASSERT_TRUE(clock.on_stamp(position, card.true_time(position) + jitter));
    worst_ms = std::max(worst_ms, error_ms(clock.time_of(static_cast<double>(position)), card.true_time(position)));
    if (position == 10 * kRate) worst_ms = 0;  // it had its time to learn
  }
  // The jitter's own mean is 1 ms.
  EXPECT_LT(worst_ms, 2.0);
  EXPECT_NEAR(clock.drift_ppm(), GetParam(), 60);
}

INSTANTIATE_TEST_SUITE_P(Ppm, SampleClockDrift, testing::Values(-200, 0, 200), [](const auto& a_case) {
  return (a_case.param < 0 ? "Minus" : "Plus") + std::to_string(std::abs(a_case.param));
});

TEST(SampleClock, SmoothsTheStepsOfACardThatCountsInChunks) {
  const Card card(100);
  SampleClock clock(kRate);
  TimePoint last{};
  for (std::int64_t position = 0; position < 60 * kRate; position += 960) {
    // Its count moves only every 5 ms, which is what we then see at the end of a block.
    const std::int64_t counted = position / 240 * 240 + (position / 960 % 3) * 80;
    ASSERT_TRUE(clock.on_stamp(position, card.true_time(counted)));
    const TimePoint time = clock.time_of(static_cast<double>(position));
    if (position > 20 * kRate) {
      EXPECT_NEAR(std::chrono::duration<double>(time - last).count(), 0.02, 0.0002);
    }
    last = time;
  }
}

TEST(SampleClock, ASingleWildStampHardlyMovesIt) {
  const Card card(0);
  SampleClock clock(kRate);
  for (std::int64_t n = 0; n < 1000; ++n) ASSERT_TRUE(clock.on_stamp(n * 960, card.true_time(n * 960)));
  ASSERT_TRUE(clock.on_stamp(960'000, card.true_time(960'000) + milliseconds(500)));
  EXPECT_LT(error_ms(clock.time_of(960'000), card.true_time(960'000)), 0.2);
}

TEST(SampleClock, NoticesSamplesThatAreMissing) {
  const Card card(0);
  SampleClock clock(kRate);
  for (std::int64_t n = 0; n < 100; ++n) ASSERT_TRUE(clock.on_stamp(n * 960, card.true_time(n * 960)));
  int stamps = 1;
  std::int64_t n = 100;
  while (clock.on_stamp(n * 960, card.true_time(n * 960) + milliseconds(60))) {
    ++n;
    ASSERT_LT(++stamps, 100) << "a hole of 60 ms was never noticed";
  }
  EXPECT_EQ(clock.time_of(static_cast<double>(n) * 960), card.true_time(n * 960) + milliseconds(60));
}

TEST(SampleClock, KeepsTheRateWhenItRestarts) {
  const Card card(200);
  SampleClock clock(kRate);
  for (std::int64_t n = 0; n < 3000; ++n) ASSERT_TRUE(clock.on_stamp(n * 960, card.true_time(n * 960)));
  EXPECT_NEAR(clock.drift_ppm(), 200, 1);
  clock.restart();
  ASSERT_TRUE(clock.on_stamp(0, kStart + seconds(500)));
  EXPECT_EQ(clock.time_of(0), kStart + seconds(500));
  EXPECT_NEAR(clock.drift_ppm(), 200, 1);
}

}  // namespace
}  // namespace perch::audio
