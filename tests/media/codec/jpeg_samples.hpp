// JPEG pictures as MJPEG cameras make them.
#pragma once

#include <turbojpeg.h>

#include <array>

#include "hal/base/bytes.hpp"
#include "media/codec/i420.hpp"

namespace perch::codec::test {

/// `picture` at a webcam's quality. `half_height`: 4:2:0; otherwise 4:2:2, which most USB cameras send: its chroma rows
/// are those of `picture`, each twice. Empty when the library failed.
inline Bytes jpeg_of(I420Buffer& picture, bool half_height = true, int quality = 80) {
  const I420View view = picture.view();
  const auto rows = static_cast<std::size_t>(view.size.height), stride = static_cast<std::size_t>(view.stride_uv);
  const auto twice = [&](const std::uint8_t* plane) {
    Bytes out;
    for (std::size_t y = 0; y < rows; ++y) {
      const std::uint8_t* row = plane + y / 2 * stride;
      out.insert(out.end(), row, row + stride);
    }
    return out;
  };
  const Bytes u = half_height ? Bytes() : twice(view.u), v = half_height ? Bytes() : twice(view.v);
  const std::array<const unsigned char*, 3> planes{view.y, half_height ? view.u : u.data(),
                                                   half_height ? view.v : v.data()};
  const std::array<int, 3> strides{view.stride_y, view.stride_uv, view.stride_uv};
  unsigned char* jpeg = nullptr;
  unsigned long size = 0;
  void* const handle = tjInitCompress();
  const int rc =
      tjCompressFromYUVPlanes(handle, const_cast<const unsigned char**>(planes.data()), view.size.width, strides.data(),
                              view.size.height, half_height ? TJSAMP_420 : TJSAMP_422, &jpeg, &size, quality, 0);
  Bytes result = rc == 0 ? Bytes(jpeg, jpeg + size) : Bytes();
  tjFree(jpeg);
  tjDestroy(handle);
  return result;
}

}  // namespace perch::codec::test
