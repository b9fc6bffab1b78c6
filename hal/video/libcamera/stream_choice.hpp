// Which of a libcamera stream's pixel formats and sizes comes nearest to what was asked for.
#pragma once

#include <libcamera/camera.h>

#include <optional>

#include "hal/base/result.hpp"
#include "hal/video/frame.hpp"

namespace perch::video {

/// Bytes of a pixel in memory, for formats that have to be converted.
enum class RgbOrder : std::uint8_t { kRgb24, kBgr24, kRgbx32, kBgrx32 };

struct StreamChoice {
  PixelFormat pixel = PixelFormat::kI420;  ///< what the daemon gets
  std::optional<RgbOrder> convert_from;    ///< the camera only has RGB, as libcamera's software ISP
  Size size;
};

/// Leaves `configuration` valid with the nearest size, and of formats with that size the one that costs least.
/// kUnsupported when there is none we can use.
[[nodiscard]] Result<StreamChoice> choose_stream(libcamera::CameraConfiguration& configuration, Size wanted);

}  // namespace perch::video
