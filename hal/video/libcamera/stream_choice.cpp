// See stream_choice.hpp.
#include "hal/video/libcamera/stream_choice.hpp"

#include <libcamera/formats.h>

#include <array>
#include <cstdlib>

namespace perch::video {
namespace {

struct Usable {
  libcamera::PixelFormat format;
  PixelFormat pixel;
  std::optional<RgbOrder> convert_from;
};

// Cheapest first. libcamera names RGB formats as DRM does, the byte with the highest address first.
const std::array<Usable, 8>& usable_formats() {
  using namespace libcamera;
  using enum perch::video::PixelFormat;
  static const std::array<Usable, 8> formats{{{formats::YUV420, kI420, {}},
                                              {formats::NV12, kNv12, {}},
                                              {formats::YUYV, kYuyv, {}},
                                              {formats::BGR888, kI420, RgbOrder::kRgb24},
                                              {formats::RGB888, kI420, RgbOrder::kBgr24},
                                              {formats::XBGR8888, kI420, RgbOrder::kRgbx32},
                                              {formats::XRGB8888, kI420, RgbOrder::kBgrx32},
                                              {formats::MJPEG, kMjpeg, {}}}};
  return formats;
}

int distance(const libcamera::Size& got, Size wanted) {
  return std::abs(static_cast<int>(got.width) - wanted.width) + std::abs(static_cast<int>(got.height) - wanted.height);
}

// The size the camera would really give in this format.
std::optional<libcamera::Size> try_format(libcamera::CameraConfiguration& configuration,
                                          const libcamera::PixelFormat& format, Size wanted) {
  libcamera::StreamConfiguration& stream = configuration.at(0);
  stream.pixelFormat = format;
  stream.size = {static_cast<unsigned>(wanted.width), static_cast<unsigned>(wanted.height)};
  if (configuration.validate() == libcamera::CameraConfiguration::Invalid) return std::nullopt;
  if (stream.pixelFormat != format) return std::nullopt;
  return stream.size;
}

}  // namespace

Result<StreamChoice> choose_stream(libcamera::CameraConfiguration& configuration, Size wanted) {
  const Usable* best = nullptr;
  libcamera::Size best_size;
  for (const Usable& usable : usable_formats()) {
    const auto size = try_format(configuration, usable.format, wanted);
    if (!size || (best && distance(*size, wanted) >= distance(best_size, wanted))) continue;
    best = &usable;
    best_size = *size;
  }
  if (!best || !try_format(configuration, best->format, wanted))
    return fail(Errc::kUnsupported, "libcamera has none of YUV420, NV12, YUYV, RGB or MJPEG for this camera");
  const libcamera::Size& size = configuration.at(0).size;
  return StreamChoice{best->pixel, best->convert_from, {static_cast<int>(size.width), static_cast<int>(size.height)}};
}

}  // namespace perch::video
