#include "tests/system/netsim/link.hpp"

#include <gtest/gtest.h>

namespace perch::netsim {
namespace {

constexpr TimePoint kStart = TimePoint(seconds(1000));

LinkConfig with_rate(std::int64_t kbps) {
  LinkConfig config;
  config.capacity = CapacitySchedule({{Duration{}, Bitrate::kbps(kbps)}});
  return config;
}

Link started(const LinkConfig& config, std::uint64_t seed = 1) {
  Link link(config, seed);
  link.start(kStart);
  return link;
}

/// Which of `count` packets, one per millisecond, are lost.
std::vector<bool> fates(Link link, int count) {
  std::vector<bool> lost(static_cast<std::size_t>(count));
  TimePoint now = kStart;
  for (auto&& one : lost) one = !link.admit(now += milliseconds(1), 1200);
  return lost;
}

TEST(NetsimLink, DelaysAPacketByTransmissionAndDistance) {
  LinkConfig config = with_rate(1000);
  config.delay = milliseconds(50);
  EXPECT_EQ(started(config).admit(kStart, 1250), kStart + milliseconds(10 + 50));
}

TEST(NetsimLink, PacketsWaitForOneAnother) {
  Link link = started(with_rate(1000));
  EXPECT_EQ(link.admit(kStart, 1250), kStart + milliseconds(10));
  EXPECT_EQ(link.admit(kStart, 1250), kStart + milliseconds(20));
  EXPECT_EQ(link.admit(kStart + milliseconds(50), 1250), kStart + milliseconds(60));
  EXPECT_EQ(link.counters().longest_wait, milliseconds(10));
  EXPECT_EQ(link.counters().total_wait, milliseconds(10));
}

TEST(NetsimLink, AFullQueueDropsWhatComesLast) {
  LinkConfig config = with_rate(1000);
  config.queue_limit = milliseconds(100);
  Link link = started(config);
  for (int i = 0; i < 11; ++i) EXPECT_TRUE(link.admit(kStart, 1250)) << i;  // 10 ms each, the eleventh waits 100 ms
  EXPECT_FALSE(link.admit(kStart, 1250));
  EXPECT_EQ(link.counters().queue_full, 1);
  EXPECT_TRUE(link.admit(kStart + milliseconds(10), 1250));
}

TEST(NetsimLink, TheQueueIsMeasuredAtTheCapacityOfTheMoment) {
  LinkConfig config;
  config.capacity = CapacitySchedule({{Duration{}, Bitrate::kbps(2000)}, {seconds(1), Bitrate::kbps(500)}});
  config.queue_limit = milliseconds(100);
  Link link = started(config);
  const TimePoint before = kStart + seconds(1) - milliseconds(1);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(link.admit(before, 1250)) << i;  // 5 ms each at first, 20 ms soon
  EXPECT_FALSE(link.admit(kStart + seconds(1), 1250));
}

TEST(NetsimLink, LosesTheSamePacketsForTheSameSeed) {
  LinkConfig config;
  config.loss = 0.05;
  const auto lost = fates(started(config, 42), 20'000);
  EXPECT_EQ(lost, fates(started(config, 42), 20'000));
  EXPECT_NE(lost, fates(started(config, 43), 20'000));
  const auto count = std::count(lost.begin(), lost.end(), true);
  EXPECT_NEAR(static_cast<double>(count) / 20'000, 0.05, 0.005);
}

TEST(NetsimLink, JitterDoesNotChangeWhatIsLost) {
  LinkConfig config;
  config.loss = 0.1;
  const auto lost = fates(started(config), 1000);
  config.jitter_deviation = milliseconds(5);
  EXPECT_EQ(fates(started(config), 1000), lost);
}

TEST(NetsimLink, LosesInBursts) {
  LinkConfig config;
  config.burst_begin = 0.01;
  config.burst_end = 0.25;
  const auto lost = fates(started(config), 20'000);
  int bursts = 0;
  for (std::size_t i = 1; i < lost.size(); ++i) bursts += lost[i] && !lost[i - 1] ? 1 : 0;
  const auto count = static_cast<double>(std::count(lost.begin(), lost.end(), true));
  EXPECT_NEAR(count / bursts, 1 / 0.25, 0.6);
  EXPECT_NEAR(count / 20'000, 0.01 / (0.01 + 0.25), 0.01);
}

TEST(NetsimLink, JitterDelaysAndNeverReorders) {
  LinkConfig config;
  config.delay = milliseconds(20);
  config.jitter_deviation = milliseconds(5);
  Link link = started(config);
  TimePoint last{};
  bool differs = false;
  for (int i = 0; i < 2000; ++i) {
    const TimePoint sent = kStart + milliseconds(i);
    const TimePoint arrives = *link.admit(sent, 1200);
    EXPECT_GE(arrives, std::max(last, sent + config.delay));
    EXPECT_LE(arrives, std::max(last, sent + config.delay + 3 * config.jitter_deviation));
    differs = differs || arrives - sent != config.delay;
    last = arrives;
  }
  EXPECT_TRUE(differs);
}

TEST(NetsimLink, ABlackoutTakesWhatComesAndWhatIsBeingSent) {
  LinkConfig config = with_rate(1000);
  config.blackouts = {{seconds(1), seconds(11)}};
  Link link = started(config);
  EXPECT_FALSE(link.admit(kStart + milliseconds(995), 1250));  // would have left 5 ms too late
  EXPECT_FALSE(link.admit(kStart + seconds(1), 1250));
  EXPECT_FALSE(link.admit(kStart + seconds(11) - nanoseconds(1), 1250));
  EXPECT_TRUE(link.admit(kStart + seconds(11), 1250));
  EXPECT_EQ(link.counters().blacked_out, 3);
}

TEST(NetsimLink, BeforeTheStartOnlyFirstRateAndDelayApply) {
  LinkConfig config;
  config.capacity = CapacitySchedule({{Duration{}, Bitrate::kbps(1000)}, {Duration{}, Bitrate::kbps(100)}});
  config.delay = milliseconds(7);
  config.loss = 1;
  config.jitter_deviation = milliseconds(5);
  config.blackouts = {{seconds(0), seconds(1)}};
  Link link(config, 1);
  EXPECT_EQ(link.admit(kStart - seconds(900), 1250), kStart - seconds(900) + milliseconds(10 + 7));
  link.start(kStart);
  EXPECT_FALSE(link.admit(kStart + seconds(2), 1250));
}

TEST(NetsimLink, CountsEachPacketOnce) {
  LinkConfig config = with_rate(500);
  config.loss = 0.1;
  config.queue_limit = milliseconds(50);
  config.blackouts = {{milliseconds(100), milliseconds(200)}};
  Link link = started(config);
  for (int i = 0; i < 1000; ++i) (void)link.admit(kStart + milliseconds(i), 1000);
  const LinkCounters& counted = link.counters();
  EXPECT_EQ(counted.packets_in, 1000);
  EXPECT_EQ(counted.packets_out + counted.lost + counted.queue_full + counted.blacked_out, 1000);
  EXPECT_EQ(counted.bytes_out, counted.packets_out * 1000);
  EXPECT_GT(std::min({counted.packets_out, counted.lost, counted.queue_full, counted.blacked_out}), 0);
}

}  // namespace
}  // namespace perch::netsim
