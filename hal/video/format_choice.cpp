// See format_choice.hpp.
#include "hal/video/format_choice.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace perch::video {
namespace {

int nearest_on_grid(int min, int max, int step, int wanted) {
  const int clamped = std::clamp(wanted, min, max);
  const int below = clamped - (clamped - min) % step;
  const int above = below + step;
  return above <= max && above - clamped < clamped - below ? above : below;
}

// 4:2:0 needs no conversion, NV12 one of the chroma, YUYV one of everything, JPEG has to be decoded.
int cost_rank(PixelFormat format) {
  switch (format) {
    case PixelFormat::kI420: return 0;
    case PixelFormat::kNv12: return 1;
    case PixelFormat::kYuyv: return 2;
    case PixelFormat::kMjpeg: return 3;
    case PixelFormat::kH264: return -1;  // already encoded
  }
  return 4;
}

auto distance(const VideoFormat& offer, Size size, FrameRate rate) {
  const int pixels = std::abs(offer.size.width - size.width) + std::abs(offer.size.height - size.height);
  // In millihertz, so that 30000/1001 and 30 differ, and rounding does not.
  const auto rates = std::llround(1000 * std::abs(offer.rate.per_second() - rate.per_second()));
  return std::tuple(pixels, rates, cost_rank(offer.pixel), offer.rate.per_second());
}

}  // namespace

Size nearest_size(const SizeRange& range, Size wanted) {
  return {nearest_on_grid(range.min.width, range.max.width, range.step_x, wanted.width),
          nearest_on_grid(range.min.height, range.max.height, range.step_y, wanted.height)};
}

FrameRate nearest_rate(const RateRange& range, FrameRate wanted) {
  if (wanted.per_second() <= range.min.per_second()) return range.min;
  if (wanted.per_second() >= range.max.per_second()) return range.max;
  return wanted;
}

std::optional<VideoFormat> choose_format(std::vector<VideoFormat> offered, Size size, FrameRate rate,
                                         bool prefer_h264) {
  const auto is_h264 = [](const VideoFormat& offer) { return offer.pixel == PixelFormat::kH264; };
  if (!prefer_h264 && !std::ranges::all_of(offered, is_h264)) std::erase_if(offered, is_h264);
  if (offered.empty()) return std::nullopt;
  return *std::ranges::min_element(offered, {}, [&](const VideoFormat& offer) { return distance(offer, size, rate); });
}

}  // namespace perch::video
