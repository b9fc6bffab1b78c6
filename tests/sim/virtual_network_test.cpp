#include "tests/sim/virtual_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace perch::sim {
namespace {

constexpr TimePoint kStart{seconds(10)};

/// Arrival times of `count` datagrams sent 1 ms apart; what was lost is left out.
std::vector<std::pair<int, TimePoint>> arrivals(VirtualLink& link, int count) {
  for (int i = 0; i < count; ++i) link.send(kStart + milliseconds(i), Bytes{static_cast<std::uint8_t>(i)});
  std::vector<std::pair<int, TimePoint>> out;
  while (link.deadline() != kNever) {
    const TimePoint at = link.deadline();
    out.emplace_back(link.receive(at)->front(), at);
  }
  return out;
}

TEST(VirtualLink, DelaysEachDatagramByTheSame) {
  VirtualLink link({milliseconds(10), {}, 0, 0, {}, {}}, 1);
  for (const auto& [number, at] : arrivals(link, 50)) EXPECT_EQ(at, kStart + milliseconds(10 + number));
}

TEST(VirtualLink, LosesAboutTheShareAskedForAndTheSameForASeed) {
  VirtualLink link({milliseconds(10), {}, 0.3, 0, {}, {}}, 7);
  VirtualLink same({milliseconds(10), {}, 0.3, 0, {}, {}}, 7);
  const auto first = arrivals(link, 200);
  EXPECT_EQ(first, arrivals(same, 200));
  EXPECT_NEAR(static_cast<double>(first.size()), 140, 25);
}

TEST(VirtualLink, JitterReorders) {
  VirtualLink link({milliseconds(10), milliseconds(20), 0, 0, {}, {}}, 3);
  const auto got = arrivals(link, 100);
  EXPECT_EQ(got.size(), 100u);
  EXPECT_FALSE(std::ranges::is_sorted(got, {}, &std::pair<int, TimePoint>::first));
}

TEST(VirtualLink, CapacitySpacesDatagramsAndTheQueueOverflows) {
  VirtualLink link({{}, {}, 0, 0, Bitrate::bps(8000), milliseconds(5)}, 1);  // one byte per ms
  for (int i = 0; i < 10; ++i) link.send(kStart, Bytes{1});
  EXPECT_EQ(link.counters().dropped, 4u);  // the first to depart waits 0 ms, the sixth 5 ms
  EXPECT_EQ(link.deadline(), kStart + milliseconds(1));
}

TEST(VirtualLink, BlackOutLosesAllOfABurst) {
  VirtualLink link({milliseconds(10), {}, 0, 0, {}, {}}, 1);
  link.black_out(kStart + milliseconds(10), kStart + milliseconds(20));
  const auto got = arrivals(link, 30);
  EXPECT_EQ(got.size(), 20u);
}

}  // namespace
}  // namespace perch::sim
