// Gates of congestion control: medians of five seeds on the cases of RFC 8867 and a few of our own.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/cc_metrics.hpp"

namespace perch::sim {
namespace {

constexpr std::uint64_t kFirstSeed = 1;
constexpr int kSeeds = 5;

CcFigures median(const CcCase& scenario) { return median_figures(scenario, kFirstSeed, kSeeds); }

TEST(Rfc8867, VariableCapacityIsUsedWithoutAQueue) {
  const CcFigures got = median(find_case("5.1"));
  EXPECT_GE(got.utilisation, 0.92);
  EXPECT_LE(got.queue_mean_ms, 10);
  EXPECT_LE(got.queue_p95_ms, 20);
  EXPECT_LE(got.loss, 0.002);
}

TEST(Rfc8867, OtherDelaysAreUsedAsWell) {
  EXPECT_GE(median(find_case("5.1-10ms")).utilisation, 0.92);
  EXPECT_GE(median(find_case("5.1-100ms")).utilisation, 0.90);
  EXPECT_GE(median(find_case("5.1-150ms")).utilisation, 0.90);
}

TEST(Rfc8867, TheGrownCapacityIsFoundWithinSixSeconds) {
  const CcCase scenario = find_case("5.1");
  const Duration step = seconds(40);
  const Bitrate goal = Bitrate::bps(most_on_the_wire(scenario.flows[0]).bps() * 85 / 100);
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kSeeds; ++seed) {
    const CcRun result = run(scenario, seed);
    EXPECT_LE(to_ms(time_to_reach(result.flows[0], step, goal, seconds(60))), 6000) << "seed " << seed;
  }
}

TEST(Rfc8867, JitterIsNotTakenForAQueue) { EXPECT_GE(median(find_case("5.1-jitter")).utilisation, 0.85); }

TEST(Rfc8867, TwoFlowsAdaptTogether) {
  const CcFigures got = median(find_case("5.2"));
  EXPECT_GE(got.utilisation, 0.88);
  EXPECT_LE(got.queue_p95_ms, 60);
}

TEST(Rfc8867, ACongestedFeedbackPathDoesNotStopTheMedia) {
  const CcFigures got = median(find_case("5.3"));
  EXPECT_GE(got.utilisation, 0.85);
  EXPECT_LE(got.queue_p95_ms, 60);
}

TEST(Rfc8867, ThreeFlowsShareFairly) {
  const CcFigures got = median(find_case("5.4"));
  EXPECT_LE(got.fairness, 2);
  EXPECT_GE(got.utilisation, 0.90);
}

// RFC 8868: between a third and three times as much.
TEST(Rfc8867, DistanceDoesNotDecideTheShare) { EXPECT_LE(median(find_case("5.5")).fairness, 3); }

// A fair share would be 1 Mbit/s; the source's least rate is 150 kbit/s.
TEST(Rfc8867, ALongTcpTransferDoesNotStarveTheMedia) {
  const CcFigures shallow = median(find_case("5.6"));
  EXPECT_GE(shallow.least_rate_kbps, 500);
  EXPECT_GE(shallow.tcp_kbps, 500);
  EXPECT_GE(median(find_case("5.6-1000ms")).least_rate_kbps, 250);
}

TEST(Rfc8867, ShortTcpTransfersDoNotStarveTheMedia) {
  const CcFigures got = median(find_case("5.7"));
  EXPECT_GE(got.least_rate_kbps, 300);
  EXPECT_GE(got.tcp_kbps, 250);
}

TEST(Rfc8867, APausedFlowGetsItsShareBack) {
  const CcFigures got = median(find_case("5.8"));
  EXPECT_LE(got.fairness, 2);
  EXPECT_GE(got.utilisation, 0.88);
}

Duration audio_p95(double pacing_factor) {
  CcCase scenario = find_case("5.1");
  scenario.flows[0].audio = true;
  scenario.flows[0].pacing_factor = pacing_factor;
  std::vector<Duration> delays = run(scenario, 1).flows[0].audio_delays;
  EXPECT_GT(delays.size(), 4900u);
  std::sort(delays.begin(), delays.end());
  return delays.empty() ? seconds(1) : delays[delays.size() * 95 / 100];
}

// What waits in the pacer can be overtaken, what waits in the network cannot.
TEST(Sound, IsHardlyHeldUpByPictures) {
  EXPECT_LE(to_ms(audio_p95(0)), 30);
  EXPECT_LT(to_ms(audio_p95(0)), to_ms(audio_p95(2.5)));
}

TEST(RandomLoss, IsNotTakenForCongestion) {
  EXPECT_GE(median(random_loss(1)).utilisation, 0.92);
  EXPECT_GE(median(random_loss(2)).utilisation, 0.92);
  EXPECT_GE(median(random_loss(5)).utilisation, 0.88);
  EXPECT_GE(median(random_loss(10)).utilisation, 0.60);
}

TEST(Policer, IsFoundThoughNothingQueues) {
  const CcFigures got = median(find_case("policer"));
  EXPECT_GE(got.utilisation, 0.90);
  EXPECT_LE(got.loss, 0.08);
}

TEST(RadioLink, WifiPausesAndBurstsOfLossAreSurvived) {
  const CcFigures got = median(find_case("wifi"));
  EXPECT_GE(got.utilisation, 0.70);
  EXPECT_LE(got.queue_p95_ms, 60);
}

TEST(RadioLink, PacketsHandedOverTogetherAreNotTakenForCapacity) {
  const CcFigures got = median(find_case("aggregated"));
  EXPECT_GE(got.utilisation, 0.85);
  EXPECT_LE(got.queue_p95_ms, 30);
}

TEST(RadioLink, AWanderingCapacityIsFollowed) {
  const CcFigures got = median(find_case("lte"));
  EXPECT_GE(got.utilisation, 0.85);
  EXPECT_LE(got.queue_p95_ms, 80);
}

Bitrate target_at(const FlowLog& flow, TimePoint when) {
  Bitrate out;
  for (const FlowLog::Sample& sample : flow.targets) {
    if (sample.at <= when) out = sample.target;
  }
  return out;
}

TEST(FeedbackSilence, HalvesTheRateEverySecondAndIsForgotten) {
  CcCase scenario = random_loss(0);
  scenario.length = seconds(60);
  scenario.flows[0].until = TimePoint(scenario.length);
  scenario.flows[0].feedback_lost = {{TimePoint(seconds(30)), TimePoint(milliseconds(32'500))}};
  const FlowLog flow = run(scenario, 1).flows[0];
  const auto before = static_cast<double>(rate_between(flow, seconds(28), seconds(30)).bps());
  const auto second = static_cast<double>(rate_between(flow, milliseconds(31'300), seconds(32)).bps());
  const auto third = static_cast<double>(rate_between(flow, milliseconds(32'350), milliseconds(32'600)).bps());
  EXPECT_NEAR(second / before, 0.5, 0.1);
  EXPECT_NEAR(third / before, 0.25, 0.1);
  EXPECT_GE(target_at(flow, TimePoint(seconds(36))), Bitrate::kbps(800));
}

TEST(Outage, OfTenSecondsIsOverTwoSecondsLater) {
  const FlowLog flow = run(find_case("blackout"), 1).flows[0];
  const Bitrate before = rate_between(flow, seconds(25), seconds(30));
  EXPECT_GE(rate_between(flow, seconds(42), seconds(43)).bps(), before.bps() * 85 / 100);
}

TEST(Outage, OfATenthOrAThirdOfASecondLeavesTheRateAlone) {
  for (const Duration length : {milliseconds(100), milliseconds(300)}) {
    CcCase scenario = find_case("blackout");
    scenario.forward.blackouts = {{seconds(30), seconds(30) + length}};
    scenario.backward.blackouts = scenario.forward.blackouts;
    const FlowLog flow = run(scenario, 1).flows[0];
    const Bitrate before = target_at(flow, TimePoint(seconds(30)));
    for (Duration t = seconds(30); t < seconds(35); t += milliseconds(100)) {
      EXPECT_GE(target_at(flow, TimePoint(t)).bps(), before.bps() * 85 / 100) << to_ms(t) << " ms";
    }
  }
}

/// A viewer that gets 400 kbit/s over `capacity` and, where padding is possible, is probed for 1.5 Mbit/s after 30 s.
FlowLog small_stream(Bitrate capacity, bool probes) {
  CcCase scenario = random_loss(0);
  scenario.length = seconds(40);
  scenario.forward.capacity[0].capacity = capacity;
  MediaFlowConfig& flow = scenario.flows[0];
  flow.until = TimePoint(scenario.length);
  flow.most_media = Bitrate::kbps(400);
  flow.most_rate = Bitrate::kbps(3000);
  flow.probes = probes;
  flow.probe_at = TimePoint(seconds(30));
  flow.probe_rate = Bitrate::kbps(1500);
  return run(scenario, 1).flows[0];
}

TEST(ApplicationLimited, TheEstimateDoesNotGrowWithoutProof) {
  const FlowLog flow = small_stream(Bitrate::kbps(20'000), false);
  EXPECT_GE(target_at(flow, TimePoint(seconds(39))), Bitrate::kbps(500));
  EXPECT_LE(target_at(flow, TimePoint(seconds(39))), Bitrate::kbps(800));
}

TEST(ApplicationLimited, AProbeThatComesThroughRaisesTheEstimate) {
  const FlowLog flow = small_stream(Bitrate::kbps(3000), true);
  EXPECT_GE(target_at(flow, TimePoint(seconds(31))), Bitrate::kbps(1400));
}

TEST(ApplicationLimited, AProbeThatMeetsTheCapacityShowsIt) {
  const FlowLog flow = small_stream(Bitrate::kbps(1000), true);
  EXPECT_GE(target_at(flow, TimePoint(seconds(31))), Bitrate::kbps(800));
  EXPECT_LE(target_at(flow, TimePoint(seconds(31))), Bitrate::kbps(1000));
}

TEST(Simulation, IsRepeatedByItsSeed) {
  const CcCase scenario = find_case("5.1-jitter");
  const FlowLog one = run(scenario, 7).flows[0];
  const FlowLog same = run(scenario, 7).flows[0];
  const FlowLog other = run(scenario, 8).flows[0];
  ASSERT_EQ(one.delivered.size(), same.delivered.size());
  EXPECT_TRUE(std::equal(one.delivered.begin(), one.delivered.end(), same.delivered.begin(),
                         [](const auto& a, const auto& b) { return a.at == b.at && a.size == b.size; }));
  EXPECT_NE(one.delivered.back().at, other.delivered.back().at);
}

}  // namespace
}  // namespace perch::sim
