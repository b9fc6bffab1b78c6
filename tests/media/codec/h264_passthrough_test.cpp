#include "media/codec/h264_passthrough.hpp"

#include <gtest/gtest.h>

#include "hal/base/random.hpp"
#include "tests/media/rtp/nal_samples.hpp"

namespace perch::codec {
namespace {

using rtp::NalType;
using rtp::test::kPps;
using rtp::test::kSps720p;
using rtp::test::nal_of;

Bytes stream_of(const std::vector<Bytes>& nals) {
  Bytes stream;
  for (const Bytes& nal : nals) {
    stream.insert(stream.end(), {0, 0, 0, 1});
    stream.insert(stream.end(), nal.begin(), nal.end());
  }
  return stream;
}

/// The types of what comes out, empty when nothing does.
std::vector<NalType> types(H264Passthrough& passthrough, const std::vector<Bytes>& nals) {
  const Bytes stream = stream_of(nals);
  std::vector<NalType> result;
  if (const auto frame = passthrough.on_access_unit(stream)) {
    for (const ByteView nal : frame->nals) result.push_back(rtp::nal_type(nal));
  }
  return result;
}

using Types = std::vector<NalType>;
const Bytes kIdr = nal_of(NalType::kIdrSlice, 30);
const Bytes kSlice = nal_of(NalType::kSlice, 30);

TEST(H264Passthrough, WaitsForACompleteKeyframe) {
  H264Passthrough passthrough;
  EXPECT_EQ(types(passthrough, {kSlice}), Types{});
  EXPECT_EQ(types(passthrough, {kIdr}), Types{}) << "no parameter sets yet";
  EXPECT_FALSE(passthrough.sps());
  EXPECT_EQ(types(passthrough, {kSps720p, kPps, kIdr}), (Types{NalType::kSps, NalType::kPps, NalType::kIdrSlice}));
  ASSERT_TRUE(passthrough.sps());
  EXPECT_EQ(passthrough.sps()->profile_level_id(), "42c01f");
  EXPECT_EQ(types(passthrough, {kSlice}), Types{NalType::kSlice});
}

TEST(H264Passthrough, RepeatsParameterSetsBeforeEveryIdr) {
  H264Passthrough passthrough;
  (void)types(passthrough, {kSps720p, kPps, kIdr});
  const Bytes stream = stream_of({kIdr});
  const auto frame = passthrough.on_access_unit(stream);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->keyframe);
  ASSERT_EQ(frame->nals.size(), 3u);
  EXPECT_EQ(Bytes(frame->nals[0].begin(), frame->nals[0].end()), kSps720p);
  EXPECT_EQ(Bytes(frame->nals[1].begin(), frame->nals[1].end()), kPps);
}

TEST(H264Passthrough, TakesParameterSetsThatComeAlone) {
  H264Passthrough passthrough;
  EXPECT_EQ(types(passthrough, {kSps720p, kPps}), Types{});
  EXPECT_EQ(types(passthrough, {kIdr}), (Types{NalType::kSps, NalType::kPps, NalType::kIdrSlice}));
}

TEST(H264Passthrough, PutsParameterSetsInFrontOfDelimiterAndSei) {
  H264Passthrough passthrough;
  const Bytes aud = nal_of(NalType::kAccessUnitDelimiter, 2);
  EXPECT_EQ(types(passthrough, {aud, kSps720p, kPps, nal_of(NalType::kSei, 5), kIdr}),
            (Types{NalType::kSps, NalType::kPps, NalType::kAccessUnitDelimiter, NalType::kSei, NalType::kIdrSlice}));
}

TEST(H264Passthrough, ReplacesAParameterSetOfTheSameIdAndKeepsOthers) {
  H264Passthrough passthrough;
  const Bytes pps_id_1{0x68, 0x53, 0x11};  // ue 010: id 1
  (void)types(passthrough, {kSps720p, kPps, pps_id_1, kIdr});
  Bytes changed = kPps;
  changed.back() = 0x60;
  (void)types(passthrough, {changed});
  const Bytes stream = stream_of({kIdr});
  const auto frame = passthrough.on_access_unit(stream);
  ASSERT_EQ(frame->nals.size(), 4u);
  EXPECT_EQ(Bytes(frame->nals[1].begin(), frame->nals[1].end()), changed);
  EXPECT_EQ(Bytes(frame->nals[2].begin(), frame->nals[2].end()), pps_id_1);
}

TEST(H264Passthrough, SurvivesAnyBytes) {
  SeededRandom random(9);
  H264Passthrough passthrough;
  for (int round = 0; round < 5000; ++round) {
    Bytes stream(random.u32() % 80);
    for (auto& byte : stream) byte = random.u32() % 2 == 0 ? 0 : static_cast<std::uint8_t>(random.u32() % 105);
    (void)passthrough.on_access_unit(stream);
  }
}

}  // namespace
}  // namespace perch::codec
