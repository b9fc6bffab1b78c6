#include "media/codec/jitter_estimator.hpp"

#include <gtest/gtest.h>

#include <random>

namespace perch::codec {
namespace {

/// Packets every 20 ms, late by what `jitter` says.
template <class F>
void run(JitterEstimator& estimator, int packets, F jitter, double drift_ppm = 0) {
  static constexpr TimePoint kStart{seconds(1000)};
  for (int n = 0; n < packets; ++n) {
    const Duration sent = n * milliseconds(20);
    const auto drift = nanoseconds(static_cast<std::int64_t>(static_cast<double>(sent.count()) * drift_ppm * 1e-6));
    const Duration late = jitter(n) + drift;
    estimator.on_packet(kStart + sent + late, seconds(7) + late);
  }
}

TEST(JitterEstimator, AsksForLittleOnASteadyNetwork) {
  JitterEstimator estimator;
  run(estimator, 100, [](int) { return milliseconds(1); });
  EXPECT_EQ(estimator.target(), JitterEstimator::kMinTarget);
  EXPECT_EQ(estimator.base(), seconds(7) + milliseconds(1));
}

TEST(JitterEstimator, CoversTheJitterOfTheLastSeconds) {
  JitterEstimator estimator;
  std::mt19937 random(3);  // NOLINT(cert-msc51-cpp): the same jitter each time
  std::uniform_int_distribution<int> late_ms(0, 80);
  run(estimator, 500, [&](int) { return milliseconds(late_ms(random)); });
  EXPECT_GE(estimator.target(), milliseconds(75));
  EXPECT_LE(estimator.target(), milliseconds(90));
}

TEST(JitterEstimator, ReactsToTheThirdLatePacketAndForgetsWithinSeconds) {
  JitterEstimator estimator;
  run(estimator, 200, [](int n) { return n < 196 ? milliseconds(0) : milliseconds(100); });
  EXPECT_GE(estimator.target(), milliseconds(100));
  run(estimator, 500, [](int) { return milliseconds(0); });
  EXPECT_EQ(estimator.target(), JitterEstimator::kMinTarget);
}

TEST(JitterEstimator, NeverAsksForMoreThanItsLimit) {
  JitterEstimator estimator;
  run(estimator, 300, [](int n) { return n % 3 == 0 ? milliseconds(0) : milliseconds(900); });
  EXPECT_EQ(estimator.target(), JitterEstimator::kMaxTarget);
}

TEST(JitterEstimator, ClocksThatDriftApartAreNoJitter) {
  for (const double ppm : {-500.0, 500.0}) {
    JitterEstimator estimator;
    run(
        estimator, 30'000, [](int) { return milliseconds(0); }, ppm);
    EXPECT_EQ(estimator.target(), JitterEstimator::kMinTarget);
  }
}

TEST(JitterEstimator, ForgetsTheBaseButNotTheJitter) {
  JitterEstimator estimator;
  run(estimator, 300, [](int n) { return milliseconds(n % 2 * 50); });
  const Duration before = estimator.target();
  estimator.forget_base();
  EXPECT_FALSE(estimator.started());
  estimator.on_packet(TimePoint(seconds(2000)), seconds(9));
  EXPECT_EQ(estimator.base(), seconds(9));
  EXPECT_EQ(estimator.target(), before);
}

}  // namespace
}  // namespace perch::codec
