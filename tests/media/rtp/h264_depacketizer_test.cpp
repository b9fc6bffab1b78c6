#include "media/rtp/h264_depacketizer.hpp"

#include <gtest/gtest.h>

#include "hal/base/random.hpp"
#include "media/rtp/h264_packetizer.hpp"
#include "tests/media/rtp/nal_samples.hpp"

namespace perch::rtp {
namespace {

using test::nal_of;

std::optional<ReceivedAccessUnit> feed(H264Depacketizer& depacketizer, const FramePackets& frame,
                                       std::size_t skip = SIZE_MAX) {
  std::optional<ReceivedAccessUnit> unit;
  for (std::size_t i = 0; i < frame.fragments.size(); ++i) {
    if (i == skip) {
      depacketizer.on_gap();
      continue;
    }
    auto result = depacketizer.on_payload(frame.payload(i), frame.timestamp, frame.is_last(i));
    EXPECT_TRUE(result) << result.error().message();
    if (result && *result) unit = std::move(**result);
  }
  return unit;
}

TEST(H264Depacketizer, GivesBackWhatWasPacketized) {
  SeededRandom random(3);
  H264Depacketizer depacketizer;
  for (std::uint32_t round = 0; round < 300; ++round) {
    std::vector<Bytes> nals;
    if (round % 10 == 0) nals = {test::kSps720p, test::kPps};
    const NalType type = round % 10 == 0 ? NalType::kIdrSlice : NalType::kSlice;
    for (std::uint32_t i = 0; i <= random.u32() % 4; ++i) nals.push_back(nal_of(type, 1 + random.u32() % 5000));
    const auto views = test::views_of(nals);
    const auto frame = H264Packetizer(16 + random.u32() % 1400).packetize({views, {}, false}, 0, {round});
    const auto unit = feed(depacketizer, *frame);
    ASSERT_TRUE(unit) << "round " << round;
    EXPECT_EQ(unit->nals, nals);
    EXPECT_EQ(unit->keyframe, round % 10 == 0);
    EXPECT_EQ(unit->timestamp.value, round);
  }
}

TEST(H264Depacketizer, GivesUpAUnitWithAGapAndRecoversWithTheNext) {
  const std::vector<Bytes> nals{test::kSps720p, test::kPps, nal_of(NalType::kIdrSlice, 4000)};
  const auto views = test::views_of(nals);
  H264Depacketizer depacketizer;
  std::uint32_t time = 0;
  const auto packets = [&] { return H264Packetizer().packetize({views, {}, true}, 0, {++time}); };
  for (std::size_t lost = 0; lost + 1 < packets()->fragments.size(); ++lost) {
    EXPECT_FALSE(feed(depacketizer, *packets(), lost)) << lost;
    EXPECT_TRUE(feed(depacketizer, *packets())) << lost;
  }
}

TEST(H264Depacketizer, StartsOverWhenTheTimestampChangesWithoutMarker) {
  H264Depacketizer depacketizer;
  EXPECT_TRUE(depacketizer.on_payload(nal_of(NalType::kSlice, 9), {1}, false));
  const auto unit = depacketizer.on_payload(nal_of(NalType::kSlice, 5), {2}, true);
  ASSERT_TRUE(unit && *unit);
  EXPECT_EQ((*unit)->nals.size(), 1u);
}

TEST(H264Depacketizer, RefusesEveryTruncationOfAnAggregate) {
  const std::vector<Bytes> nals{test::kSps720p, test::kPps};
  const auto views = test::views_of(nals);
  const auto frame = H264Packetizer().packetize({views, {}, true}, 0, {1});
  const ByteView stap = frame->payload(0);
  const std::size_t after_first = 1 + 2 + test::kSps720p.size();  // a cut here leaves a complete, shorter aggregate
  for (std::size_t size = 0; size < stap.size(); ++size) {
    H264Depacketizer depacketizer;
    EXPECT_EQ(depacketizer.on_payload(stap.first(size), {1}, true).has_value(), size == after_first) << size;
  }
}

TEST(H264Depacketizer, RefusesShortFragments) {
  const Bytes fragment{0x7C, 0x85, 1};
  for (std::size_t size = 0; size < fragment.size(); ++size) {
    H264Depacketizer depacketizer;
    EXPECT_FALSE(depacketizer.on_payload(ByteView(fragment).first(size), {1}, false)) << size;
  }
  H264Depacketizer depacketizer;
  EXPECT_TRUE(depacketizer.on_payload(fragment, {1}, false));
}

struct Sequence {
  const char* what;
  std::vector<Bytes> payloads;
};

TEST(H264Depacketizer, RefusesFragmentsOutOfOrder) {
  const Bytes start{0x7C, 0x85, 1};
  const Bytes end{0x7C, 0x45, 3};
  const Sequence sequences[] = {
      {"no start", {{0x7C, 0x05, 2}}},
      {"start twice", {start, start}},
      {"start and end at once", {{0x7C, 0xC5, 1}}},
      {"reserved bit", {{0x7C, 0xA5, 1}}},
      {"another type", {start, {0x7C, 0x41, 3}}},
      {"another NRI", {start, {0x3C, 0x45, 3}}},
      {"single unit in between", {start, {0x65, 1}}},
      {"aggregate in between", {start, {0x78, 0, 1, 0x67}}},
      {"end twice", {start, end, end}},
      {"aggregate in a fragment", {{0x7C, 0x98, 1}}},
      {"type zero in a fragment", {{0x7C, 0x80, 1}}},
  };
  for (const Sequence& sequence : sequences) {
    H264Depacketizer depacketizer;
    bool refused = false;
    for (const Bytes& payload : sequence.payloads) refused = refused || !depacketizer.on_payload(payload, {1}, false);
    EXPECT_TRUE(refused) << sequence.what;
    const auto rest = depacketizer.on_payload(nal_of(NalType::kSlice, 4), {1}, true);
    ASSERT_TRUE(rest) << "the rest of a damaged unit is skipped silently: " << sequence.what;
    EXPECT_FALSE(*rest) << sequence.what;
  }
}

TEST(H264Depacketizer, GivesNothingForAFragmentedUnitWithoutEnd) {
  H264Depacketizer depacketizer;
  const auto unit = depacketizer.on_payload(Bytes{0x7C, 0x85, 1}, {1}, true);
  ASSERT_TRUE(unit);
  EXPECT_FALSE(*unit);
}

TEST(H264Depacketizer, RefusesTypesOutsideMode1) {
  for (int type = 0; type < 32; ++type) {
    H264Depacketizer depacketizer;
    const auto result = depacketizer.on_payload(nal_of(static_cast<NalType>(type), 2), {1}, true);
    EXPECT_EQ(result.has_value(), type >= 1 && type <= 23) << type;
  }
}

TEST(H264Depacketizer, LimitsTheAccessUnit) {
  H264Depacketizer depacketizer;
  const Bytes big = nal_of(NalType::kSlice, 60'000);
  std::size_t accepted = 0;
  while (depacketizer.on_payload(big, {1}, false)) ++accepted;
  EXPECT_EQ(accepted, H264Depacketizer::kMaxAccessUnit / big.size());
}

TEST(H264Depacketizer, SurvivesAnyBytes) {
  SeededRandom random(5);
  H264Depacketizer depacketizer;
  for (std::uint32_t round = 0; round < 20'000; ++round) {
    Bytes payload(random.u32() % 12);
    random.fill(payload);
    (void)depacketizer.on_payload(payload, {round / 6}, random.u32() % 5 == 0);
  }
}

}  // namespace
}  // namespace perch::rtp
