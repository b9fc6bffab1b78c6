// Which of the formats a camera offers comes nearest to what was asked for; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/video/video_source.hpp"

namespace perch::video {

/// Sizes a camera has in one pixel format: a list is a range per entry with equal ends.
struct SizeRange {
  Size min, max;
  int step_x = 1, step_y = 1;  ///< [pixels], at least 1
};
/// Frame rates, slowest to fastest; equal for a single rate.
struct RateRange {
  FrameRate min, max;
};

/// The size within `range` that is nearest to `wanted`.
[[nodiscard]] Size nearest_size(const SizeRange& range, Size wanted);
/// The rate within `range` that is nearest to `wanted`.
[[nodiscard]] FrameRate nearest_rate(const RateRange& range, FrameRate wanted);

/// Best of `offered`: nearest size first, then nearest rate, then the pixel format that costs least to encode from.
/// Nothing when nothing is offered. With `prefer_h264` a camera's own H.264 comes first among equals; without, it is
/// taken only from a camera that has nothing else.
[[nodiscard]] std::optional<VideoFormat> choose_format(std::vector<VideoFormat> offered, Size size, FrameRate rate,
                                                       bool prefer_h264 = false);

}  // namespace perch::video
