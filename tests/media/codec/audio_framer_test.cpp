#include "media/codec/audio_framer.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "media/codec/opus_encoder.hpp"

namespace perch::codec {
namespace {

constexpr TimePoint kStart{seconds(50)};
constexpr std::uint32_t kOffset = 0xffffff00;  // wraps with the first frame

struct Framed {
  std::vector<std::int16_t> samples;
  TimePoint captured_at;
  std::uint32_t timestamp;
};

/// Feeds samples that count up.
class Feed {
 public:
  explicit Feed(int channels = 1) { framer.restart(channels); }
  std::vector<Framed> push(std::size_t samples, TimePoint at, bool gap = false) {
    std::vector<std::int16_t> block(samples);
    std::iota(block.begin(), block.end(), counter_);
    counter_ = static_cast<std::int16_t>(counter_ + static_cast<int>(samples));
    framer.push({block, at, gap});
    std::vector<Framed> out;
    while (const auto frame = framer.next())
      out.push_back({{frame->samples.begin(), frame->samples.end()}, frame->captured_at, frame->timestamp.value});
    return out;
  }
  AudioFramer framer{kOffset};

 private:
  std::int16_t counter_ = 0;
};

TEST(AudioFramer, CutsBlocksOfAnySizeIntoFramesOf20Ms) {
  Feed feed;
  EXPECT_TRUE(feed.push(500, kStart).empty());
  const auto first = feed.push(500, kStart + microseconds(10'416));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].samples.size(), kOpusFrame);
  EXPECT_EQ(first[0].samples[959], 959);
  const auto rest = feed.push(2000, kStart + microseconds(20'833));
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest[0].samples[0], 960);
  EXPECT_EQ(rest[1].samples[0], 1920);
}

TEST(AudioFramer, TimestampsCountSamplesAndWrap) {
  Feed feed;
  const auto frames = feed.push(4 * 960, kStart);
  ASSERT_EQ(frames.size(), 4U);
  for (std::uint32_t n = 0; n < 4; ++n) EXPECT_EQ(frames[n].timestamp, kOffset + 960 * n);
}

TEST(AudioFramer, CaptureTimesFollowTheBlocks) {
  Feed feed;
  // A card that is 1,000 ppm slow: its blocks of 20 ms come every 20.02 ms.
  for (int n = 0; n < 100; ++n) {
    const TimePoint at = kStart + n * microseconds(20'020);
    const auto frames = feed.push(960, at);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].captured_at, at);
    EXPECT_EQ(frames[0].timestamp, kOffset + static_cast<std::uint32_t>(960 * n));
  }
}

TEST(AudioFramer, AFrameBeginsWhereItsFirstSampleDid) {
  Feed feed;
  EXPECT_TRUE(feed.push(480, kStart).empty());
  const auto frames = feed.push(480 + 960, kStart + milliseconds(10));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].captured_at, kStart);
  EXPECT_EQ(frames[1].captured_at, kStart + milliseconds(20));
}

TEST(AudioFramer, AcrossAGapTimestampsJumpByWhatIsMissing) {
  Feed feed;
  ASSERT_EQ(feed.push(960 + 300, kStart).size(), 1U);
  // 300 samples were begun and are dropped; sound goes on 120 ms after the start.
  const auto after = feed.push(960, kStart + milliseconds(120), true);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].samples[0], 1260);
  EXPECT_EQ(after[0].timestamp, kOffset + 48 * 120);
  EXPECT_EQ(after[0].captured_at, kStart + milliseconds(120));
}

TEST(AudioFramer, AGapNeverGoesBack) {
  Feed feed;
  ASSERT_EQ(feed.push(960, kStart).size(), 1U);
  const auto after = feed.push(960, kStart - seconds(1), true);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].timestamp, kOffset + 960);
}

TEST(AudioFramer, AnotherSourceWithTwoChannelsContinuesTheClock) {
  Feed feed;
  ASSERT_EQ(feed.push(960 + 10, kStart).size(), 1U);
  feed.framer.restart(2);
  const auto after = feed.push(1920, kStart + seconds(3), true);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].samples.size(), 1920U);
  EXPECT_EQ(after[0].timestamp, kOffset + 3 * 48'000);
}

}  // namespace
}  // namespace perch::codec
