#include "net/rtcp/transport_feedback.hpp"

#include <gtest/gtest.h>

#include "hal/base/random.hpp"
#include "net/rtcp/compound.hpp"

namespace perch::net::rtcp {
namespace {

std::optional<Bytes> written(const TransportFeedback& feedback) {
  Bytes buffer(20'000);
  ByteWriter out(buffer);
  if (!write(out, feedback)) return std::nullopt;
  EXPECT_EQ(out.size() % 4, 0u);
  return Bytes(out.written().begin(), out.written().end());
}

std::optional<TransportFeedback> parsed(const Bytes& bytes) {
  const auto packets = parse_compound(bytes);
  if (!packets || packets->size() != 1) return std::nullopt;
  return std::get<TransportFeedback>(packets->front());
}

/// A packet around `content`, which starts at the base number.
Bytes raw(Bytes content) {
  Bytes out{0x8F, 205, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2};
  out.insert(out.end(), content.begin(), content.end());
  const auto padding = static_cast<std::uint8_t>(4 - out.size() % 4);
  for (std::uint8_t i = 1; i < padding; ++i) out.push_back(0);
  out.push_back(padding);
  out[0] |= 0x20;
  out[2] = static_cast<std::uint8_t>((out.size() / 4 - 1) >> 8);
  out[3] = static_cast<std::uint8_t>(out.size() / 4 - 1);
  return out;
}

microseconds ticks(int n) { return n * microseconds(250); }

TEST(TransportFeedback, ReadsARunOfArrivals) {
  // base 5, 3 statuses, reference 2 * 64 ms, feedback 9; run of three small deltas.
  const auto got = parsed(raw({0, 5, 0, 3, 0, 0, 2, 9, 0x20, 3, 4, 8, 0}));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->feedback_count, 9);
  const std::vector<TransportFeedback::Arrival> expected{
      {{5}, milliseconds(128) + ticks(4)}, {{6}, milliseconds(128) + ticks(12)}, {{7}, milliseconds(128) + ticks(12)}};
  EXPECT_EQ(got->arrivals, expected);
}

TEST(TransportFeedback, ReadsAOneBitVector) {
  // 1010 0000 0000 00: numbers 5 and 7 of 14.
  const auto got = parsed(raw({0, 5, 0, 14, 0, 0, 0, 0, 0xA8, 0x00, 1, 2}));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->arrivals, (std::vector<TransportFeedback::Arrival>{{{5}, ticks(1)}, {{7}, ticks(3)}}));
}

TEST(TransportFeedback, ReadsATwoBitVectorWithNegativeDelta) {
  // 01 00 10: small, lost, large.
  const auto got = parsed(raw({0, 5, 0, 7, 0, 0, 1, 0, 0xD2, 0x00, 8, 0xFF, 0xFC}));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->arrivals, (std::vector<TransportFeedback::Arrival>{{{5}, milliseconds(64) + ticks(8)},
                                                                    {{7}, milliseconds(64) + ticks(4)}}));
}

TEST(TransportFeedback, ReadsANegativeReferenceTime) {
  const auto got = parsed(raw({0, 5, 0, 1, 0xFF, 0xFF, 0xFF, 0, 0x20, 1, 0}));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->arrivals.front().at, -milliseconds(64));
}

TEST(TransportFeedback, TheReceiversClockWraps) {
  constexpr microseconds kLeast = -TransportFeedback::kClockPeriod / 2;
  const std::vector<TransportFeedback::Arrival> across{{{5}, kLeast - ticks(3)}, {{6}, kLeast + ticks(1)}};
  const auto bytes = written({1, 2, {5}, 2, 0, across});
  ASSERT_TRUE(bytes);
  const auto got = parsed(*bytes);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->arrivals.front().at, across.front().at + TransportFeedback::kClockPeriod);
  EXPECT_EQ(got->arrivals.back().at, across.back().at + TransportFeedback::kClockPeriod);
}

TEST(TransportFeedback, ARunMayEndBeyondTheCount) {
  const auto got = parsed(raw({0, 5, 0, 2, 0, 0, 0, 0, 0x3F, 0xFF, 1, 2}));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->arrivals.size(), 2u);
}

TEST(TransportFeedback, RefusesWhatMeansNothing) {
  EXPECT_FALSE(parsed(raw({0, 5, 0, 0, 0, 0, 0, 0, 0x20, 1, 0})));        // no status at all
  EXPECT_FALSE(parsed(raw({0, 5, 0, 1, 0, 0, 0, 0, 0x00, 0x00})));        // an empty run
  EXPECT_FALSE(parsed(raw({0, 5, 0, 1, 0, 0, 0, 0, 0x60, 0x01, 1, 2})));  // the reserved symbol
  EXPECT_FALSE(parsed(raw({0, 5, 0, 3, 0, 0, 0, 0, 0x20, 3, 1, 1})));     // one delta short
  EXPECT_FALSE(parsed(raw({0, 5, 0xFF, 0xFF, 0, 0, 0, 0, 0x00, 10})));    // chunks end too early
}

TEST(TransportFeedback, AHugeCountInATinyPacketCostsNothing) {
  Bytes content{0, 5, 0xFF, 0xFF, 0, 0, 0, 0};
  for (int i = 0; i < 9; ++i) content.insert(content.end(), {0x1F, 0xFF});  // runs of 8191 lost
  const auto got = parsed(raw(content));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status_count, 0xFFFF);
  EXPECT_TRUE(got->arrivals.empty());
}

TEST(TransportFeedback, RoundTripsAnyPattern) {
  SeededRandom random(1);
  for (int round = 0; round < 300; ++round) {
    TransportFeedback feedback{1, 2, {random.u16()}, static_cast<std::uint16_t>(1 + random.u16() % 300), 7, {}};
    const double loss = random.unit();
    const int spread = random.u16() % 2 == 0 ? 200 : 2000;
    microseconds at = ticks(static_cast<int>(random.u32() % 1'000'000));
    for (int i = 0; i < feedback.status_count; ++i) {
      if (random.unit() < loss) continue;
      at += ticks(static_cast<int>(random.u32() % static_cast<unsigned>(spread)) - spread / 8);
      feedback.arrivals.push_back({feedback.base + i, at});
    }
    const auto bytes = written(feedback);
    ASSERT_TRUE(bytes) << round;
    const auto got = parsed(*bytes);
    ASSERT_TRUE(got) << round;
    EXPECT_EQ(got->arrivals, feedback.arrivals) << round;
    EXPECT_EQ(got->status_count, feedback.status_count);
  }
}

TEST(TransportFeedback, EveryTruncationIsRefused) {
  const Bytes content{0, 5, 0, 7, 0, 0, 1, 0, 0xD2, 0x00, 8, 0xFF, 0xFC};
  for (std::size_t size = 0; size < content.size(); ++size) {
    EXPECT_FALSE(parsed(raw(Bytes(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(size))))) << size;
  }
}

TEST(TransportFeedback, WriterRefusesWhatItCannotSay) {
  EXPECT_FALSE(written({1, 2, {5}, 0, 0, {}}));
  EXPECT_FALSE(written({1, 2, {5}, 2, 0, {{{9}, ticks(0)}}}));                     // outside
  EXPECT_FALSE(written({1, 2, {5}, 2, 0, {{{6}, ticks(0)}, {{5}, ticks(1)}}}));    // out of order
  EXPECT_FALSE(written({1, 2, {5}, 2, 0, {{{5}, ticks(0)}, {{6}, seconds(9)}}}));  // too far apart
}

}  // namespace
}  // namespace perch::net::rtcp
