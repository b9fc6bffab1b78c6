// What congestion control promises holds for whole sessions too: with handshake, retransmissions and the pacer between.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/cc_metrics.hpp"
#include "tests/sim/cc_peer_flow.hpp"

namespace perch::sim {
namespace {

constexpr Bitrate kbps(std::int64_t v) { return Bitrate::kbps(v); }

CcCase one_flow(Duration length, std::vector<LinkModelConfig::Phase> capacity, Bitrate most = kbps(2000)) {
  CcCase out = find_case("5.1");
  out.length = length;
  out.forward.capacity = std::move(capacity);
  out.flows[0].until = TimePoint(length);
  out.flows[0].delay = milliseconds(20);
  out.flows[0].most_media = most;
  return out;
}

Duration longest_freeze(const PeerFlowLog& log, Duration from, Duration until) {
  Duration longest{};
  TimePoint last = TimePoint(from);
  for (const TimePoint at : log.shown) {
    if (at < TimePoint(from) || at > TimePoint(until)) continue;
    longest = std::max(longest, at - last);
    last = at;
  }
  return std::max(longest, TimePoint(until) - last);
}

/// From `from` until pictures are younger than `age` and stay so for a second.
Duration time_to_live(const PeerFlowLog& log, Duration from, Duration age) {
  TimePoint since = TimePoint(from);
  for (std::size_t i = 0; i < log.shown.size(); ++i) {
    if (log.shown[i] < TimePoint(from)) continue;
    if (log.ages[i] >= age) since = log.shown[i];
    if (log.shown[i] - since > seconds(1)) break;
  }
  return since - TimePoint(from);
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Medians {
  double utilisation = 0;
  double queue_mean_ms = 0;
  double queue_p95_ms = 0;
  double loss = 0;
};

Medians medians(const CcCase& scenario, std::uint64_t seeds) {
  std::vector<double> utilisation;
  std::vector<double> mean;
  std::vector<double> p95;
  std::vector<double> loss;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CcRun run;
    run.flows.push_back(run_peer(scenario, seed));
    const CcFigures got = figures(scenario, run);
    utilisation.push_back(got.utilisation);
    mean.push_back(got.queue_mean_ms);
    p95.push_back(got.queue_p95_ms);
    loss.push_back(got.loss);
  }
  return {median_of(utilisation), median_of(mean), median_of(p95), median_of(loss)};
}

TEST(PeerCongestion, VariableCapacityIsUsedWithoutAQueue) {
  const Medians got = medians(find_case("5.1"), 5);
  EXPECT_GE(got.utilisation, 0.92);
  EXPECT_LE(got.queue_mean_ms, 10);
  EXPECT_LE(got.queue_p95_ms, 20);
  EXPECT_LE(got.loss, 0.002);
}

TEST(PeerCongestion, AStepFromTwoMegabitsToAHalfNeitherFreezesNorStaysLate) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const PeerFlowLog log = run_peer(one_flow(seconds(25), {{seconds(0), kbps(2000)}, {seconds(15), kbps(500)}}), seed);
    EXPECT_LE(to_ms(longest_freeze(log, seconds(15), seconds(25))), 1000) << "seed " << seed;
    EXPECT_LE(to_ms(time_to_live(log, seconds(15), milliseconds(200))), 3000) << "seed " << seed;
  }
}

TEST(PeerCongestion, FivePercentLossFreezesNothing) {
  CcCase scenario = one_flow(seconds(30), {{seconds(0), kbps(3000)}});
  scenario.forward.loss = 0.05;
  const PeerFlowLog log = run_peer(scenario, 1);
  EXPECT_LE(to_ms(longest_freeze(log, seconds(1), seconds(30))), 500);
  EXPECT_GE(rate_between(log, seconds(5), seconds(30)), kbps(1800));
}

TEST(PeerCongestion, PicturesAreBackSoonAfterTenSecondsOfNothing) {
  CcCase scenario = one_flow(seconds(30), {{seconds(0), kbps(1500)}});
  scenario.forward.blackouts = {{seconds(10), seconds(20)}};
  scenario.backward.blackouts = scenario.forward.blackouts;
  const PeerFlowLog log = run_peer(scenario, 1);
  const auto back = std::ranges::find_if(log.shown, [](TimePoint at) { return at > TimePoint(seconds(20)); });
  ASSERT_NE(back, log.shown.end());
  EXPECT_LE(to_ms(*back - TimePoint(seconds(20))), 2000);
  EXPECT_GE(rate_between(log, seconds(26), seconds(30)), kbps(1000));
}

TEST(PeerCongestion, ANarrowLinkFromTheStartShowsAPictureAndThenFlows) {
  const PeerFlowLog log = run_peer(one_flow(seconds(10), {{seconds(0), kbps(500)}}), 1);
  ASSERT_FALSE(log.shown.empty());
  EXPECT_LE(to_ms(log.shown.front() - TimePoint{}), 2000);
  EXPECT_LE(to_ms(longest_freeze(log, seconds(3), seconds(10))), 500);
}

TEST(PeerCongestion, AWideLinkHoldsNothingBack) {
  const PeerFlowLog log = run_peer(one_flow(seconds(3), {{seconds(0), kbps(100'000)}}), 1);
  ASSERT_GT(log.ages.size(), 60u);
  for (std::size_t i = 1; i < log.ages.size(); ++i) EXPECT_LE(to_us(log.ages[i]), 24'000) << i;
  EXPECT_EQ(log.camera.overloads, 0u);
}

}  // namespace
}  // namespace perch::sim
