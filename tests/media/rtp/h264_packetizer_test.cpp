#include "media/rtp/h264_packetizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/media/rtp/nal_samples.hpp"

namespace perch::rtp {
namespace {

using test::nal_of;
using testing::ElementsAre;
using testing::ElementsAreArray;

FramePacketsPtr packetize(const std::vector<Bytes>& nals, std::size_t max_payload = 1140) {
  const auto views = test::views_of(nals);
  return H264Packetizer(max_payload).packetize({views, TimePoint(seconds(5)), true}, 100, {900});
}

TEST(H264Packetizer, CarriesTheFramesParticulars) {
  const auto frame = packetize({nal_of(NalType::kSlice, 20)});
  EXPECT_EQ(frame->first_index, 100);
  EXPECT_EQ(frame->end_index(), 101);
  EXPECT_EQ(frame->timestamp.value, 900u);
  EXPECT_EQ(frame->captured_at, TimePoint(seconds(5)));
  EXPECT_TRUE(frame->keyframe);
}

TEST(H264Packetizer, PutsParameterSetsIntoOneAggregateOfTheirOwn) {
  const Bytes idr = nal_of(NalType::kIdrSlice, 50);
  const auto frame = packetize({{0x67, 1, 2}, {0x48, 3}, idr});
  ASSERT_EQ(frame->fragments.size(), 2u);
  // NRI is the highest of those inside. RFC 6184 §5.7.1
  EXPECT_THAT(frame->payload(0), ElementsAre(0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x48, 3));
  EXPECT_THAT(frame->payload(1), ElementsAreArray(idr));
}

TEST(H264Packetizer, SendsParameterSetsSingleWhenTheyDoNotFitTogether) {
  const Bytes sps = nal_of(NalType::kSps, 20);
  const Bytes pps = nal_of(NalType::kPps, 20);
  const auto frame = packetize({sps, pps}, 30);
  ASSERT_EQ(frame->fragments.size(), 2u);
  EXPECT_THAT(frame->payload(0), ElementsAreArray(sps));
  EXPECT_THAT(frame->payload(1), ElementsAreArray(pps));
}

TEST(H264Packetizer, FragmentsWhatDoesNotFitGoldenBytes) {
  Bytes idr{0x65};
  for (std::uint8_t i = 1; i <= 29; ++i) idr.push_back(i);
  const auto frame = packetize({idr}, 16);
  ASSERT_EQ(frame->fragments.size(), 3u);
  EXPECT_THAT(frame->payload(0), ElementsAre(0x7C, 0x85, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_THAT(frame->payload(1), ElementsAre(0x7C, 0x05, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20));
  EXPECT_THAT(frame->payload(2), ElementsAre(0x7C, 0x45, 21, 22, 23, 24, 25, 26, 27, 28, 29));
  EXPECT_TRUE(frame->is_last(2));
}

TEST(H264Packetizer, FragmentsAreEqualExceptTheLastWhichIsSmaller) {
  for (const std::size_t size : {1139u, 1140u, 1141u, 1142u, 2276u, 2277u, 2278u, 10'000u, 22'193u}) {
    const auto frame = packetize({nal_of(NalType::kSlice, size)});
    const std::size_t first = frame->fragments.front().size;
    for (const auto& fragment : frame->fragments) {
      EXPECT_LE(fragment.size, 1140u) << size;
      EXPECT_LE(fragment.size, first) << size;
      EXPECT_TRUE(fragment.size == first || &fragment == &frame->fragments.back()) << size;
    }
    EXPECT_EQ(frame->fragments.size(), size <= 1140 ? 1 : (size - 1 + 1137) / 1138) << size;
  }
}

TEST(H264Packetizer, AcceptsSeveralSlices) {
  const auto frame =
      packetize({nal_of(NalType::kSlice, 1000), nal_of(NalType::kSlice, 1300), nal_of(NalType::kSlice, 7)});
  ASSERT_EQ(frame->fragments.size(), 4u);
  EXPECT_EQ(frame->fragments[0].size, 1000);
  EXPECT_EQ(frame->fragments[1].size, 652);
  EXPECT_EQ(frame->fragments[2].size, 651);
  EXPECT_EQ(frame->fragments[3].size, 7);
}

TEST(H264Packetizer, LeavesOutDelimitersAndFillerButKeepsSei) {
  const Bytes sei = nal_of(NalType::kSei, 10);
  const Bytes slice = nal_of(NalType::kSlice, 10);
  const auto frame = packetize({nal_of(NalType::kAccessUnitDelimiter, 2),
                                sei,
                                slice,
                                nal_of(NalType::kFiller, 400),
                                nal_of(NalType::kStapA, 9),
                                {}});
  ASSERT_EQ(frame->fragments.size(), 2u);
  EXPECT_THAT(frame->payload(0), ElementsAreArray(sei));
  EXPECT_THAT(frame->payload(1), ElementsAreArray(slice));
}

TEST(H264Packetizer, AggregatesParameterSetsBehindADelimiter) {
  const auto frame =
      packetize({nal_of(NalType::kAccessUnitDelimiter, 2), {0x67, 1}, {0x68, 2}, nal_of(NalType::kIdrSlice, 5)});
  ASSERT_EQ(frame->fragments.size(), 2u);
  EXPECT_EQ(nal_type(frame->payload(0)), NalType::kStapA);
}

TEST(H264Packetizer, MakesNoPacketsFromNothing) {
  EXPECT_EQ(packetize({}), nullptr);
  EXPECT_EQ(packetize({nal_of(NalType::kAccessUnitDelimiter, 2)}), nullptr);
}

TEST(H264Packetizer, AllocatesExactlyOnceForBytesAndFragments) {
  const auto frame = packetize({test::kSps720p, test::kPps, nal_of(NalType::kIdrSlice, 22'000)});
  // Growth by push_back would leave much more room than the reservation does.
  EXPECT_LT(frame->bytes.capacity(), frame->bytes.size() + 64);
  EXPECT_LT(frame->fragments.capacity(), frame->fragments.size() + 4);
}

}  // namespace
}  // namespace perch::rtp
