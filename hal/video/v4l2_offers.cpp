// Enumerates what a camera can deliver: pixel formats, sizes and frame rates.
#include <linux/videodev2.h>

#include <algorithm>

#include "hal/video/format_choice.hpp"
#include "hal/video/v4l2_device.hpp"

namespace perch::video {
namespace {

constexpr __u32 kMaxEntries = 512;  // a driver that never says "no more" must not hold us

// V4L2 gives intervals [s], we use rates [1/s]. A zero would be the driver's bug.
std::optional<FrameRate> to_rate(const v4l2_fract& interval) {
  if (interval.numerator == 0 || interval.denominator == 0) return std::nullopt;
  return FrameRate{interval.denominator, interval.numerator};
}

int to_pixels(__u32 n) { return static_cast<int>(std::min<__u32>(n, 1u << 20)); }

SizeRange to_range(const v4l2_frmsizeenum& entry) {
  if (entry.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
    const Size size{to_pixels(entry.discrete.width), to_pixels(entry.discrete.height)};
    return {size, size};
  }
  const v4l2_frmsize_stepwise& s = entry.stepwise;
  return {{to_pixels(s.min_width), to_pixels(s.min_height)},
          {to_pixels(std::max(s.min_width, s.max_width)), to_pixels(std::max(s.min_height, s.max_height))},
          std::max(1, to_pixels(s.step_width)),
          std::max(1, to_pixels(s.step_height))};
}

std::vector<PixelFormat> list_pixel_formats(const V4l2Device& device) {
  std::vector<PixelFormat> formats;
  for (__u32 i = 0; i < kMaxEntries; ++i) {
    v4l2_fmtdesc entry{};
    entry.index = i;
    entry.type = device.buffer_type();
    if (xioctl(device.fd(), VIDIOC_ENUM_FMT, &entry) != 0) break;
    const auto format = from_fourcc(entry.pixelformat);
    if (format && std::ranges::find(formats, *format) == formats.end()) formats.push_back(*format);
  }
  return formats;
}

// The one size of this pixel format that comes nearest to what is wanted.
Size find_size(const V4l2Device& device, PixelFormat pixel, Size wanted) {
  std::vector<VideoFormat> sizes;
  for (__u32 i = 0; i < kMaxEntries; ++i) {
    v4l2_frmsizeenum entry{};
    entry.index = i;
    entry.pixel_format = to_fourcc(pixel);
    if (xioctl(device.fd(), VIDIOC_ENUM_FRAMESIZES, &entry) != 0) break;
    sizes.push_back({pixel, nearest_size(to_range(entry), wanted), {}});
    if (entry.type != V4L2_FRMSIZE_TYPE_DISCRETE) break;  // a range is the only entry
  }
  const auto nearest = choose_format(sizes, wanted, {});
  return nearest ? nearest->size : wanted;
}

std::vector<FrameRate> list_rates(const V4l2Device& device, PixelFormat pixel, Size size, FrameRate wanted) {
  std::vector<FrameRate> rates;
  for (__u32 i = 0; i < kMaxEntries; ++i) {
    v4l2_frmivalenum entry{};
    entry.index = i;
    entry.pixel_format = to_fourcc(pixel);
    entry.width = static_cast<__u32>(size.width);
    entry.height = static_cast<__u32>(size.height);
    if (xioctl(device.fd(), VIDIOC_ENUM_FRAMEINTERVALS, &entry) != 0) break;
    if (entry.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
      if (const auto rate = to_rate(entry.discrete)) rates.push_back(*rate);
      continue;
    }
    // The longest interval is the slowest rate.
    const auto slowest = to_rate(entry.stepwise.max), fastest = to_rate(entry.stepwise.min);
    if (slowest && fastest) rates.push_back(nearest_rate({*slowest, *fastest}, wanted));
    break;
  }
  if (rates.empty()) rates.push_back(wanted);
  return rates;
}

}  // namespace

std::vector<VideoFormat> V4l2Device::offers(Size wanted, FrameRate rate) const {
  std::vector<VideoFormat> offers;
  for (const PixelFormat pixel : list_pixel_formats(*this)) {
    const Size size = find_size(*this, pixel, wanted);
    for (const FrameRate offered : list_rates(*this, pixel, size, rate)) offers.push_back({pixel, size, offered});
  }
  return offers;
}

}  // namespace perch::video
