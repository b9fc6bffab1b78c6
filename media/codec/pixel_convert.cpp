#include "media/codec/pixel_convert.hpp"

#include <libyuv.h>

#include <algorithm>

#include "media/codec/plane_scale.hpp"

namespace perch::codec {
namespace {

int even(std::int64_t n) { return static_cast<int>(std::max<std::int64_t>(n / 2 * 2, 2)); }

I420View view_of(const video::Frame& frame) {
  const auto& [y, u, v] = frame.planes;
  return {frame.format.size, y.data, u.data, v.data, y.stride, u.stride};
}

/// Cuts off the odd last column or row.
I420View cropped(I420View picture, Size size) {
  picture.size = size;
  return picture;
}

}  // namespace

Size encode_size(Size source, Size limit) {
  const std::int64_t w = source.width;
  const std::int64_t h = source.height;
  if (w <= limit.width && h <= limit.height) return {even(w), even(h)};
  // The side that is further over the limit decides.
  if (w * limit.height >= h * limit.width) return {even(limit.width), even(h * limit.width / w)};
  return {even(w * limit.height / h), even(limit.height)};
}

void scale_plane(const std::uint8_t* from, int from_stride, Size from_size, std::uint8_t* to, int to_stride,
                 Size to_size) {
  libyuv::ScalePlane(from, from_stride, from_size.width, from_size.height, to, to_stride, to_size.width, to_size.height,
                     libyuv::kFilterBox);
}

void scale_i420(const I420View& from, I420Buffer& out) {
  libyuv::I420Scale(from.y, from.stride_y, from.u, from.stride_uv, from.v, from.stride_uv, from.size.width,
                    from.size.height, out.y(), out.stride_y(), out.u(), out.stride_uv(), out.v(), out.stride_uv(),
                    out.size().width, out.size().height, libyuv::kFilterBox);
}

std::array<video::Plane, 3> Nv12Buffer::fill(const I420View& picture) {
  const auto [width, height] = picture.size;
  const int uv_stride = (width + 1) / 2 * 2;
  const std::size_t y_bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  const std::size_t uv_bytes = static_cast<std::size_t>(uv_stride) * static_cast<std::size_t>((height + 1) / 2);
  bytes_.resize(y_bytes + uv_bytes);
  std::uint8_t* const uv = bytes_.data() + y_bytes;
  libyuv::I420ToNV12(picture.y, picture.stride_y, picture.u, picture.stride_uv, picture.v, picture.stride_uv,
                     bytes_.data(), width, uv, uv_stride, width, height);
  return {video::Plane{bytes_.data(), width, y_bytes}, video::Plane{uv, uv_stride, uv_bytes}, {}};
}

I420View PixelScaler::scale(const I420View& picture, Size target) {
  const Size source = picture.size;
  if (target == Size{source.width & ~1, source.height & ~1}) return cropped(picture, target);
  scaled_.resize(target);
  scale_i420(picture, scaled_);
  return scaled_.view();
}

Result<I420View> PixelConverter::convert(const video::Frame& frame) {
  const Size size = frame.format.size;
  const auto& planes = frame.planes;
  int rc = 0;
  switch (frame.format.pixel) {
    case video::PixelFormat::kI420: return view_of(frame);
    case video::PixelFormat::kMjpeg:
      if (auto decoded = jpeg_.decode({planes[0].data, planes[0].size}, size, full_); !decoded)
        return fail(decoded.error());
      return full_.view();
    case video::PixelFormat::kNv12:
      full_.resize(size);
      rc = libyuv::NV12ToI420(planes[0].data, planes[0].stride, planes[1].data, planes[1].stride, full_.y(),
                              full_.stride_y(), full_.u(), full_.stride_uv(), full_.v(), full_.stride_uv(), size.width,
                              size.height);
      break;
    case video::PixelFormat::kYuyv:
      full_.resize(size);
      rc = libyuv::YUY2ToI420(planes[0].data, planes[0].stride, full_.y(), full_.stride_y(), full_.u(),
                              full_.stride_uv(), full_.v(), full_.stride_uv(), size.width, size.height);
      break;
    case video::PixelFormat::kH264: return fail(Errc::kUnsupported, "H.264 from a camera is passed on, not decoded");
  }
  if (rc != 0) return fail(Errc::kInternal, "pixel conversion refused the picture");
  return full_.view();
}

}  // namespace perch::codec
