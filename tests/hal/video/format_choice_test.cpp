#include "hal/video/format_choice.hpp"

#include <gtest/gtest.h>

namespace perch::video {
namespace {

constexpr Size k720p{1280, 720}, kVga{640, 480};
constexpr auto kYuyv = PixelFormat::kYuyv, kMjpeg = PixelFormat::kMjpeg;

TEST(FormatChoice, TypicalUsbCameraGivesFullRateAsMjpeg) {
  const std::vector<VideoFormat> offers = {{kYuyv, k720p, {10, 1}}, {kYuyv, kVga, {30, 1}}, {kMjpeg, k720p, {30, 1}}};
  EXPECT_EQ(choose_format(offers, k720p, {30, 1}), offers[2]);
  EXPECT_EQ(choose_format(offers, kVga, {30, 1}), offers[1]);
  EXPECT_EQ(choose_format(offers, k720p, {10, 1}), offers[0]);
}

TEST(FormatChoice, AmongEqualsTheCheapestToEncodeFromWins) {
  std::vector<VideoFormat> offers;
  for (const PixelFormat pixel : {kMjpeg, kYuyv, PixelFormat::kNv12, PixelFormat::kI420}) {
    offers.push_back({pixel, k720p, {30, 1}});
  }
  for (; !offers.empty(); offers.pop_back()) EXPECT_EQ(choose_format(offers, k720p, {30, 1}), offers.back());
}

TEST(FormatChoice, CamerasOwnH264IsTakenWhereWantedAndWhereNothingElseIs) {
  const std::vector<VideoFormat> offers = {
      {kYuyv, k720p, {30, 1}}, {PixelFormat::kH264, k720p, {30, 1}}, {kYuyv, kVga, {30, 1}}};
  EXPECT_EQ(choose_format(offers, k720p, {30, 1}, true), offers[1]);
  EXPECT_EQ(choose_format(offers, kVga, {30, 1}, true), offers[2]) << "the size it has decides";
  EXPECT_EQ(choose_format(offers, k720p, {30, 1}, false), offers[0]);
  EXPECT_EQ(choose_format({offers[1]}, kVga, {30, 1}, false), offers[1]);
}

TEST(FormatChoice, SizeGoesBeforeRate) {
  const std::vector<VideoFormat> offers = {{kYuyv, kVga, {30, 1}}, {kYuyv, k720p, {5, 1}}};
  EXPECT_EQ(choose_format(offers, k720p, {30, 1}), offers[1]);
}

TEST(FormatChoice, NtscRateIsNearerThan25) {
  const std::vector<VideoFormat> offers = {{kYuyv, kVga, {25, 1}}, {kYuyv, kVga, {30000, 1001}}};
  EXPECT_EQ(choose_format(offers, kVga, {30, 1}), offers[1]);
}

TEST(FormatChoice, OfTwoRatesEquallyFarTheSlowerIsTaken) {
  const std::vector<VideoFormat> offers = {{kYuyv, kVga, {40, 1}}, {kYuyv, kVga, {20, 1}}};
  EXPECT_EQ(choose_format(offers, kVga, {30, 1}), offers[1]);
}

TEST(FormatChoice, NothingFromNothing) { EXPECT_EQ(choose_format({}, k720p, {30, 1}), std::nullopt); }

TEST(FormatChoice, SizeRangesKeepTheirGrid) {
  const SizeRange range{{32, 32}, {2592, 1944}, 16, 8};
  EXPECT_EQ(nearest_size(range, k720p), k720p);
  EXPECT_EQ(nearest_size(range, {1366, 768}), (Size{1360, 768}));
  EXPECT_EQ(nearest_size(range, {1370, 773}), (Size{1376, 776}));
  EXPECT_EQ(nearest_size(range, {1, 9999}), (Size{32, 1944}));
  // The upper end is off the grid: stay below it.
  EXPECT_EQ(nearest_size({{16, 16}, {50, 50}, 16, 16}, {50, 50}), (Size{48, 48}));
}

TEST(FormatChoice, RateRangesAreClamped) {
  const RateRange range{{5, 1}, {30, 1}};
  EXPECT_EQ(nearest_rate(range, {60, 1}), (FrameRate{30, 1}));
  EXPECT_EQ(nearest_rate(range, {1, 1}), (FrameRate{5, 1}));
  EXPECT_EQ(nearest_rate(range, {24, 1}), (FrameRate{24, 1}));
}

}  // namespace
}  // namespace perch::video
