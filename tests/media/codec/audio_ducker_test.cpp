#include "media/codec/audio_ducker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace perch::codec {
namespace {

constexpr TimePoint kStart{seconds(10)};
constexpr std::int16_t kLoud = 10'000;

/// The n-th frame of 20 ms of a constant.
std::vector<std::int16_t> frame(AudioDucker& ducker, int n, int channels = 1) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(960 * channels), kLoud);
  ducker.apply(kStart + n * milliseconds(20), channels, samples);
  return samples;
}

TEST(AudioDucker, LeavesSoundAloneUntilSomebodySpeaks) {
  AudioDucker ducker;
  EXPECT_TRUE(std::ranges::all_of(frame(ducker, 0), [](int s) { return s == kLoud; }));
}

TEST(AudioDucker, FallsSilentWithinTenMillisecondsWithoutAClick) {
  AudioDucker ducker;
  ducker.set_ducked(true);
  const auto first = frame(ducker, 0);
  for (std::size_t i = 1; i < first.size(); ++i) ASSERT_LE(std::abs(first[i] - first[i - 1]), 30);
  EXPECT_TRUE(std::all_of(first.begin() + 481, first.end(), [](int s) { return s == 0; }));
  EXPECT_TRUE(std::ranges::all_of(frame(ducker, 1), [](int s) { return s == 0; }));
}

TEST(AudioDucker, StaysSilentUntilTheLastWordHasLeftTheRoom) {
  AudioDucker ducker;
  ducker.set_ducked(true);
  (void)frame(ducker, 0);
  ducker.set_ducked(false);
  const int held = static_cast<int>(AudioDucker::kHold / milliseconds(20));
  for (int n = 1; n < held; ++n) EXPECT_EQ(frame(ducker, n).back(), 0) << n;
  const auto rising = frame(ducker, held);
  for (std::size_t i = 1; i < rising.size(); ++i) ASSERT_LE(std::abs(rising[i] - rising[i - 1]), 30);
  EXPECT_EQ(rising.back(), kLoud);
}

TEST(AudioDucker, TreatsBothChannelsAlike) {
  AudioDucker ducker;
  ducker.set_ducked(true);
  const auto first = frame(ducker, 0, 2);
  for (std::size_t i = 0; i < first.size(); i += 2) ASSERT_EQ(first[i], first[i + 1]);
  EXPECT_EQ(first[2 * 481], 0);
}

}  // namespace
}  // namespace perch::codec
