#include "hal/audio/sample_format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace perch::audio {
namespace {

std::vector<float> floats(const Bytes& in, SampleFormat format, int in_channels = 1, int out_channels = 1) {
  std::vector<float> out;
  append_floats(in, format, in_channels, out_channels, out);
  return out;
}

Bytes bytes(const std::vector<float>& in, SampleFormat format, int in_channels = 1, int out_channels = 1) {
  Bytes out;
  append_bytes(in, in_channels, format, out_channels, out);
  return out;
}

using Floats = std::vector<float>;

TEST(SampleFormat, ReadsAHalfOfFullScaleInEveryFormat) {
  EXPECT_EQ(floats({0xc0}, SampleFormat::kU8), Floats{0.5F});
  EXPECT_EQ(floats({0x00, 0x40}, SampleFormat::kS16), Floats{0.5F});
  EXPECT_EQ(floats({0x00, 0x00, 0x40}, SampleFormat::kS24Packed), Floats{0.5F});
  EXPECT_EQ(floats({0x00, 0x00, 0x40, 0x00}, SampleFormat::kS24), Floats{0.5F});
  EXPECT_EQ(floats({0x00, 0x00, 0x00, 0x40}, SampleFormat::kS32), Floats{0.5F});
  EXPECT_EQ(floats({0x00, 0x00, 0x00, 0x3f}, SampleFormat::kFloat), Floats{0.5F});
}

TEST(SampleFormat, ReadsNegativeSamples) {
  EXPECT_EQ(floats({0x00}, SampleFormat::kU8), Floats{-1.0F});
  EXPECT_EQ(floats({0x00, 0x80}, SampleFormat::kS16), Floats{-1.0F});
  EXPECT_EQ(floats({0x00, 0x00, 0xc0}, SampleFormat::kS24Packed), Floats{-0.5F});
  EXPECT_EQ(floats({0x00, 0x00, 0x00, 0xc0}, SampleFormat::kS32), Floats{-0.5F});
}

TEST(SampleFormat, IgnoresTheUnusedByteOf24In32Bits) {
  EXPECT_EQ(floats({0x00, 0x00, 0xc0, 0x00}, SampleFormat::kS24), Floats{-0.5F});
  EXPECT_EQ(floats({0x00, 0x00, 0xc0, 0xff}, SampleFormat::kS24), Floats{-0.5F});
}

TEST(SampleFormat, LeavesOutFramesThatAreNotWhole) {
  const Bytes three_frames{0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0};
  for (std::size_t size = 0; size <= three_frames.size(); ++size) {
    const Bytes cut(three_frames.begin(), three_frames.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(floats(cut, SampleFormat::kS16, 2, 2).size(), size / 4 * 2);
  }
}

TEST(SampleFormat, MixesTwoChannelsAndTakesTheFirstOfMany) {
  const Bytes two{0x00, 0x40, 0x00, 0x20};
  EXPECT_EQ(floats(two, SampleFormat::kS16, 2, 1), Floats{0.375F});
  EXPECT_EQ(floats(two, SampleFormat::kS16, 2, 2), (Floats{0.5F, 0.25F}));
  EXPECT_EQ(floats(two, SampleFormat::kS16, 1, 2), (Floats{0.5F, 0.5F, 0.25F, 0.25F}));
  const Bytes four{0x00, 0x40, 0x00, 0x20, 0x00, 0x10, 0x00, 0x10};
  EXPECT_EQ(floats(four, SampleFormat::kS16, 4, 1), Floats{0.5F});
  EXPECT_EQ(floats(four, SampleFormat::kS16, 4, 2), (Floats{0.5F, 0.25F}));
}

TEST(SampleFormat, WritesWhatItReads) {
  for (const auto format : {SampleFormat::kU8, SampleFormat::kS16, SampleFormat::kS24, SampleFormat::kS24Packed,
                            SampleFormat::kS32, SampleFormat::kFloat}) {
    const Floats samples{0.5F, -0.25F, 0.0F, -1.0F};
    EXPECT_EQ(floats(bytes(samples, format), format), samples) << static_cast<int>(format);
  }
}

TEST(SampleFormat, KeepsEverySixteenBitSampleExactly) {
  for (int value = -32768; value <= 32767; ++value)
    ASSERT_EQ(to_s16(from_s16(static_cast<std::int16_t>(value))), value);
}

TEST(SampleFormat, CutsOffWhatIsTooLoud) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(to_s16(1.5F), 32767);
  EXPECT_EQ(to_s16(-infinity), -32768);
  EXPECT_EQ(to_s16(std::nanf("")), 0);
  EXPECT_EQ(bytes({2.0F}, SampleFormat::kS32), (Bytes{0xff, 0xff, 0xff, 0x7f}));
  EXPECT_EQ(bytes({-2.0F}, SampleFormat::kU8), Bytes{0x00});
  EXPECT_EQ(bytes({std::nanf("")}, SampleFormat::kFloat), (Bytes{0, 0, 0, 0}));
}

TEST(SampleFormat, SpreadsOverTheChannelsOfTheCard) {
  EXPECT_EQ(bytes({0.5F}, SampleFormat::kS16, 1, 2), (Bytes{0x00, 0x40, 0x00, 0x40}));
  EXPECT_EQ(bytes({0.5F, 0.25F}, SampleFormat::kS16, 2, 1), (Bytes{0x00, 0x30}));
  EXPECT_EQ(bytes({0.5F, 0.25F}, SampleFormat::kS16, 2, 3), (Bytes{0x00, 0x40, 0x00, 0x20, 0x00, 0x00}));
}

}  // namespace
}  // namespace perch::audio
