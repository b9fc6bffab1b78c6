#include "hal/audio/tone_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace perch::audio {
namespace {

std::vector<std::int16_t> one_second(TimePoint at, AudioFormat format) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(format.rate * format.channels));
  fill_tone(at, format, samples);
  return samples;
}

bool silent(std::span<const std::int16_t> samples) {
  return std::ranges::all_of(samples, [](int sample) { return sample == 0; });
}

TEST(Tone, BeepsForATenthOfASecondAtEachFullSecond) {
  const auto samples = one_second(TimePoint(seconds(77)), {});
  const std::span all(samples);
  EXPECT_TRUE(silent(all.subspan(4800)));
  EXPECT_EQ(samples[0], 0);
  EXPECT_GT(samples[1], 1000) << "begins at once, upwards";
  EXPECT_NEAR(samples[12], 16384, 2) << "a quarter of a millisecond is the first crest of 1 kHz";
  EXPECT_NEAR(samples[4800 - 12], -16384, 2) << "and the last one ends the beep";
}

TEST(Tone, BeginsWithinTheBlockThatHoldsTheSecond) {
  const auto samples = one_second(TimePoint(seconds(77) + milliseconds(990)), {});
  EXPECT_TRUE(silent(std::span(samples).first(480)));
  EXPECT_NEAR(samples[480 + 12], 16384, 2);
}

TEST(Tone, IsTheSameInBothChannels) {
  const auto samples = one_second(TimePoint(seconds(1)), {48'000, 2});
  for (std::size_t i = 0; i < samples.size(); i += 2) ASSERT_EQ(samples[i], samples[i + 1]);
  EXPECT_NEAR(samples[24], 16384, 2);
}

const TimePoint kOpened{seconds(500) + milliseconds(7)};

struct OpenTone {
  std::unique_ptr<AudioSource> source = open_tone(1, kOpened).value();
  std::optional<AudioBlock> read(TimePoint now) {
    std::vector<pollfd> polled(source->poll_fds().begin(), source->poll_fds().end());
    return source->read(now, polled).value();
  }
};

TEST(ToneSource, DeliversABlockWhenItsLastSampleIsOver) {
  OpenTone tone;
  const TimePoint grid{seconds(500)};
  EXPECT_FALSE(tone.read(grid + milliseconds(19)));
  const auto first = tone.read(grid + milliseconds(20));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->captured_at, grid);
  EXPECT_EQ(first->samples.size(), 960U);
  EXPECT_FALSE(first->gap);
  EXPECT_FALSE(tone.read(grid + milliseconds(20)));
  EXPECT_EQ(tone.read(grid + milliseconds(45))->captured_at, grid + milliseconds(20));
}

TEST(ToneSource, GivesALateReaderEveryBlockOfTheLastFifthOfASecond) {
  OpenTone tone;
  const TimePoint grid{seconds(500)};
  const TimePoint late = grid + milliseconds(200);
  for (int n = 0; n < 10; ++n) {
    const auto block = tone.read(late);
    ASSERT_TRUE(block);
    EXPECT_EQ(block->captured_at, grid + n * kToneBlock);
    EXPECT_FALSE(block->gap);
  }
  EXPECT_FALSE(tone.read(late));
  EXPECT_EQ(tone.source->overruns(), 0U);
}

TEST(ToneSource, LosesWhatNobodyReadAndSaysSo) {
  OpenTone tone;
  const TimePoint later = TimePoint{seconds(501)} + milliseconds(5);
  const auto block = tone.read(later);
  ASSERT_TRUE(block);
  EXPECT_TRUE(block->gap);
  EXPECT_EQ(block->captured_at, TimePoint{milliseconds(500'980)});
  EXPECT_EQ(tone.source->overruns(), 1U);
  EXPECT_FALSE(tone.read(later));
}

TEST(ToneSource, IsReadableOnlyWhenABlockIsDue) {
  // Real time: what is long past is ready at once, what lies far ahead is not.
  const auto past = open_tone(1, monotonic_now() - seconds(1)).value();
  const auto future = open_tone(1, monotonic_now() + seconds(3600)).value();
  pollfd ready = past->poll_fds()[0], waiting = future->poll_fds()[0];
  EXPECT_EQ(poll(&ready, 1, 10'000), 1);
  EXPECT_EQ(poll(&waiting, 1, 0), 0);
}

}  // namespace
}  // namespace perch::audio
