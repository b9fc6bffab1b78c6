#include "media/codec/audio_stage.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/codec/opus_decoder.hpp"
#include "tests/media/codec/audio_samples.hpp"

namespace perch::codec {
namespace {

constexpr TimePoint kStart{seconds(5)};

std::vector<rtp::FramePacketsPtr> push(AudioStage& stage, const std::vector<std::int16_t>& samples, TimePoint at,
                                       bool gap = false) {
  std::vector<rtp::FramePacketsPtr> out;
  EXPECT_TRUE(stage.push({samples, at, gap}, out));
  return out;
}

TEST(AudioStage, MakesOnePacketPerTwentyMilliseconds) {
  AudioStage stage({}, 1000);
  ASSERT_TRUE(stage.start(1));
  const auto packets = push(stage, test::sine(1000, 9600), kStart);
  ASSERT_EQ(packets.size(), 10U);
  for (std::size_t n = 0; n < packets.size(); ++n) {
    const rtp::FramePackets& packet = *packets[n];
    EXPECT_EQ(packet.first_index, static_cast<rtp::PacketIndex>(n));
    EXPECT_EQ(packet.timestamp.value, 1000 + 960 * n);
    EXPECT_EQ(packet.captured_at, kStart + n * milliseconds(20));
    EXPECT_TRUE(packet.keyframe);
    ASSERT_EQ(packet.fragments.size(), 1U);
    EXPECT_EQ(packet.payload(0).size(), packet.bytes.size());
    EXPECT_EQ(opus_duration(packet.payload(0)), kOpusFrame);
  }
  EXPECT_EQ(stage.counters().frames, 10U);
  EXPECT_EQ(stage.counters().silent, 0U);
}

TEST(AudioStage, IndexesHaveNoGapsWhereSoundHas) {
  AudioStage stage({}, 0);
  ASSERT_TRUE(stage.start(1));
  const auto before = push(stage, test::sine(1000, 960), kStart);
  ASSERT_TRUE(stage.start(2));
  const auto after = push(stage, test::sine(1000, 1920), kStart + seconds(1), true);
  ASSERT_EQ(before.size(), 1U);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0]->first_index, before[0]->end_index());
  EXPECT_EQ(after[0]->timestamp.value, 48'000U);
}

TEST(AudioStage, SilenceIsLeftOutWithDtxAndTimeGoesOn) {
  AudioStage stage({.dtx = true}, 0);
  ASSERT_TRUE(stage.start(1));
  const auto quiet = push(stage, std::vector<std::int16_t>(96'000), kStart);
  EXPECT_EQ(stage.counters().frames, 100U);
  EXPECT_EQ(stage.counters().silent, 100 - quiet.size());
  EXPECT_LT(quiet.size(), 40U);
  const auto loud = push(stage, test::sine(700, 960), kStart + seconds(2));
  ASSERT_EQ(loud.size(), 1U);
  EXPECT_EQ(loud[0]->timestamp.value, 96'000U);
  EXPECT_EQ(loud[0]->first_index, static_cast<rtp::PacketIndex>(quiet.size()));
}

TEST(AudioStage, DuckedSoundIsSilence) {
  AudioStage stage({}, 0);
  ASSERT_TRUE(stage.start(1));
  stage.set_ducked(true);
  const auto decoder = SpeechDecoder::create(1).value();
  std::vector<std::int16_t> heard;
  for (const auto& packet : push(stage, test::sine(1000, 48'000), kStart)) {
    const auto samples = decoder->decode(packet->payload(0)).value();
    heard.insert(heard.end(), samples.begin(), samples.end());
  }
  EXPECT_LT(test::loudness(std::span(heard).subspan(4800)), 10);
}

}  // namespace
}  // namespace perch::codec
