#include "media/codec/jitter_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace perch::codec {
namespace {

using Action = JitterBuffer::Action;

constexpr TimePoint kStart{seconds(1000)};
constexpr Duration kFrame = milliseconds(20);

/// A speaker whose packets of 20 ms hold their number, and a loudspeaker that asks every 20 ms.
class JitterBufferTest : public testing::Test {
 protected:
  explicit JitterBufferTest(std::uint16_t first_sequence = 0, std::uint32_t first_timestamp = 0)
      : first_sequence_(first_sequence), first_timestamp_(first_timestamp) {}

  [[nodiscard]] TalkPacket packet(int n, Duration late = {}) const {
    TalkPacket packet;
    packet.sequence_number = {static_cast<std::uint16_t>(first_sequence_ + n)};
    packet.timestamp = {first_timestamp_ + 960 * static_cast<std::uint32_t>(n)};
    packet.arrived_at = kStart + n * kFrame + late;
    // 0x08: SILK, 20 ms, one frame. The rest is not looked at here.
    packet.payload = {0x08, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
    return packet;
  }
  void push(int n, Duration late = {}) { buffer.push(packet(n, late)); }

  /// At `at`: the number of what is played, or the action's letter: r(ecover), c(onceal), - (nothing).
  std::string next(TimePoint at) {
    const auto next = buffer.next(at);
    const int n = next.payload.size() == 3 ? next.payload[1] << 8 | next.payload[2] : -1;
    switch (next.action) {
      case Action::kPlay: return std::to_string(n);
      case Action::kRecover: return "r" + std::to_string(n);
      case Action::kConceal: return "c";
      case Action::kNothing: return "-";
    }
    return "?";
  }
  /// Asks at the times at which frames from..to-1 would be due with the delay that is the target at the start.
  std::string listen(int from, int to) {
    std::string heard;
    for (int n = from; n < to; ++n) heard += (heard.empty() ? "" : " ") + next(due(n));
    return heard;
  }
  [[nodiscard]] static TimePoint due(int n) { return kStart + n * kFrame + milliseconds(40); }

  JitterBuffer buffer;
  const std::uint16_t first_sequence_;
  const std::uint32_t first_timestamp_;
};

TEST_F(JitterBufferTest, IsSilentUntilSomebodySpeaks) {
  EXPECT_EQ(listen(0, 3), "- - -");
  EXPECT_TRUE(buffer.idle());
}

TEST_F(JitterBufferTest, PlaysInOrderAfterTheTargetDelay) {
  push(0);
  EXPECT_EQ(next(kStart + milliseconds(39)), "-") << "the target before anything is known is 40 ms";
  push(1);
  push(2);
  EXPECT_EQ(listen(0, 3), "0 1 2");
  EXPECT_EQ(buffer.delay(), milliseconds(40));
}

TEST_F(JitterBufferTest, PutsPacketsBackInOrder) {
  for (const int n : {0, 2, 1, 4, 3}) push(n);
  EXPECT_EQ(listen(0, 5), "0 1 2 3 4");
  EXPECT_EQ(buffer.counters().concealed, 0U);
}

TEST_F(JitterBufferTest, TakesEachPacketOnce) {
  for (const int n : {0, 0, 1, 0, 1}) push(n);
  EXPECT_EQ(listen(0, 2), "0 1");
  push(1);
  EXPECT_EQ(buffer.counters().late, 4U);
  EXPECT_EQ(buffer.counters().packets, 6U);
}

TEST_F(JitterBufferTest, RestoresOneLostPacketFromTheNext) {
  for (const int n : {0, 1, 3, 4}) push(n);
  EXPECT_EQ(listen(0, 5), "0 1 r3 3 4");
  EXPECT_EQ(buffer.counters().recovered, 1U);
  EXPECT_EQ(buffer.counters().concealed, 0U);
}

TEST_F(JitterBufferTest, ConcealsABurstAndRestoresItsEnd) {
  for (const int n : {0, 1, 5, 6}) push(n);
  EXPECT_EQ(listen(0, 7), "0 1 c c r5 5 6");
  EXPECT_EQ(buffer.counters().concealed, 2U);
}

TEST_F(JitterBufferTest, APacketAfterItsTurnIsLate) {
  for (const int n : {0, 2, 3}) push(n);
  EXPECT_EQ(listen(0, 3), "0 r2 2");
  push(1, milliseconds(80));
  EXPECT_EQ(buffer.counters().late, 1U);
  EXPECT_EQ(listen(3, 4), "3");
}

TEST_F(JitterBufferTest, WhatComesLateIsStillPlayedWhenNothingElseWas) {
  for (const int n : {0, 1}) push(n);
  EXPECT_EQ(listen(0, 4), "0 1 c c");
  for (const int n : {2, 3}) push(n, milliseconds(90));
  EXPECT_EQ(listen(4, 6), "2 3");
  EXPECT_EQ(buffer.delay(), milliseconds(80)) << "later by the two that were made up";
  EXPECT_EQ(buffer.counters().late, 0U);
}

TEST_F(JitterBufferTest, WhatWasMadeUpWhileWaitingStandsForWhatIsLost) {
  for (const int n : {0, 1}) push(n);
  EXPECT_EQ(listen(0, 4), "0 1 c c");
  for (const int n : {4, 5}) push(n);
  EXPECT_EQ(listen(4, 6), "4 5");
  EXPECT_EQ(buffer.delay(), milliseconds(40)) << "in time again";
}

TEST_F(JitterBufferTest, FallsSilentAfterATenthOfASecondAndBeginsAnew) {
  for (const int n : {0, 1}) push(n);
  EXPECT_EQ(listen(0, 9), "0 1 c c c c c - -");
  EXPECT_TRUE(buffer.idle());
  for (const int n : {100, 101}) push(n);
  EXPECT_FALSE(buffer.idle());
  EXPECT_EQ(next(kStart + 100 * kFrame + milliseconds(39)), "-") << "waits for its delay again";
  EXPECT_EQ(listen(100, 102), "100 101");
}

class JitterBufferWrap : public JitterBufferTest {
 protected:
  JitterBufferWrap() : JitterBufferTest(65'533, 0xfffff000) {}
};

TEST_F(JitterBufferWrap, NumbersAndTimesMayWrap) {
  for (const int n : {0, 2, 1, 3, 5, 4, 7, 8}) push(n);
  EXPECT_EQ(listen(0, 9), "0 1 2 3 4 5 r7 7 8");
}

TEST_F(JitterBufferTest, APauseWithoutPacketsIsFilled) {
  push(0);
  auto after_pause = packet(3);  // sent next, 60 ms after the first began: two frames of silence were left out
  after_pause.sequence_number = {1};
  buffer.push(after_pause);
  EXPECT_EQ(listen(0, 4), "0 c c 3");
  EXPECT_EQ(buffer.delay(), milliseconds(40));
}

TEST_F(JitterBufferTest, LongHolesAreJumpedOver) {
  for (const int n : {0, 30, 31}) push(n);
  EXPECT_EQ(listen(0, 1), "0");
  EXPECT_EQ(listen(30, 32), "30 31");
}

TEST_F(JitterBufferTest, AnotherClockBeginsAnew) {
  for (const int n : {0, 1, 2, 3}) push(n);
  EXPECT_EQ(listen(0, 2), "0 1");
  auto jumped = packet(4);
  jumped.timestamp.value += 3'000'000;
  buffer.push(jumped);
  EXPECT_EQ(next(jumped.arrived_at + milliseconds(10)), "-") << "2 and 3 went with the old clock";
  EXPECT_EQ(next(jumped.arrived_at + milliseconds(41)), "4");
}

TEST_F(JitterBufferTest, OtherNumbersBeginAnew) {
  for (const int n : {0, 1}) push(n);
  EXPECT_EQ(listen(0, 2), "0 1");
  auto jumped = packet(2);
  jumped.sequence_number.value = 40'000;
  buffer.push(jumped);
  EXPECT_EQ(next(jumped.arrived_at + milliseconds(41)), "2");
}

TEST_F(JitterBufferTest, WaitsLongerWhenPacketsComeUnevenly) {
  std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): the same jitter each time
  std::uniform_int_distribution<int> late_ms(0, 100);
  std::vector<std::pair<TimePoint, TalkPacket>> arrivals;
  for (int n = 0; n < 500; ++n) {
    auto one = packet(n, milliseconds(late_ms(random)));
    arrivals.emplace_back(one.arrived_at, std::move(one));
  }
  std::ranges::stable_sort(arrivals, {}, &std::pair<TimePoint, TalkPacket>::first);
  auto arrival = arrivals.begin();
  std::uint64_t at_half = 0;
  for (int n = 0; n < 500; ++n) {
    while (arrival != arrivals.end() && arrival->first <= due(n)) buffer.push((arrival++)->second);
    (void)buffer.next(due(n));
    if (n == 250) at_half = buffer.counters().concealed + buffer.counters().recovered;
  }
  EXPECT_GE(buffer.target(), milliseconds(95));
  EXPECT_GE(buffer.delay(), milliseconds(80)) << "stretched by what was made up in the beginning";
  EXPECT_LE(buffer.counters().concealed + buffer.counters().recovered - at_half, 10U);
}

TEST_F(JitterBufferTest, CatchesUpAfterABurst) {
  for (int n = 0; n < 50; ++n) push(n);
  EXPECT_EQ(next(due(0)), "0");
  // The loudspeaker was gone for 800 ms.
  EXPECT_EQ(listen(41, 43), "37 38") << "at most a tenth of a second over the target of 20 ms";
  EXPECT_EQ(buffer.counters().skipped, 36U);
}

TEST_F(JitterBufferTest, IgnoresWhatIsNotOpus) {
  auto malformed = packet(0);
  malformed.payload = {};
  buffer.push(malformed);
  malformed.payload = {0x0b};
  buffer.push(malformed);
  malformed.payload.assign(JitterBuffer::kMaxPayload + 1, 0x08);
  buffer.push(malformed);
  EXPECT_EQ(buffer.counters().malformed, 3U);
  EXPECT_TRUE(buffer.idle());
}

TEST_F(JitterBufferTest, AFloodIsBounded) {
  for (int n = 0; n < 900; ++n) {
    auto flood = packet(n);
    flood.arrived_at = kStart + n * microseconds(10);
    flood.timestamp = {static_cast<std::uint32_t>(n)};
    buffer.push(std::move(flood));
  }
  int played = 0;
  for (int n = 0; n < 2000; ++n) played += buffer.next(kStart + n * kFrame).action == Action::kPlay;
  EXPECT_LE(played, static_cast<int>(JitterBuffer::kMaxPackets));
  EXPECT_TRUE(buffer.idle());
}

TEST_F(JitterBufferTest, RandomHeadersAreSurvived) {
  std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): the same hostility each time
  for (int n = 0; n < 20'000; ++n) {
    auto one = packet(n);
    one.sequence_number.value = static_cast<std::uint16_t>(random());
    one.timestamp.value = static_cast<std::uint32_t>(random());
    buffer.push(std::move(one));
    const auto next = buffer.next(due(n));
    ASSERT_LE(next.frames, 5760U);
  }
  // And an honest speaker is heard afterwards.
  for (int n = 20'000; n < 20'100; ++n) {
    push(n);
    (void)buffer.next(due(n) - milliseconds(20));
  }
  push(20'100);
  EXPECT_EQ(buffer.next(due(20'100)).action, Action::kPlay);
}

}  // namespace
}  // namespace perch::codec
