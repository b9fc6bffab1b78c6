#include "media/codec/jpeg_encoder.hpp"

#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace perch::codec {
namespace {

struct HandleDeleter {
  void operator()(void* handle) const { tjDestroy(handle); }
};
struct BufferDeleter {
  void operator()(unsigned char* bytes) const { tjFree(bytes); }
};

using Levels = std::array<std::uint8_t, 256>;

/// ITU-R BT.601 studio range: luma 16..235, chroma 16..240 around 128; JFIF has 0..255 for both.
Levels stretch(int from, int span, int to) {
  Levels levels{};
  for (int i = 0; i < 256; ++i) {
    const long value = std::lround((i - from) * 255.0 / span) + to;
    levels[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(std::clamp(value, 0L, 255L));
  }
  return levels;
}

struct Rows {
  const std::uint8_t* from;
  int from_stride;
  std::uint8_t* to;
  int to_stride;
  int width;
  int height;
};

void map_rows(Rows rows, const Levels& levels) {
  for (int row = 0; row < rows.height; ++row, rows.from += rows.from_stride, rows.to += rows.to_stride)
    std::transform(rows.from, rows.from + rows.width, rows.to, [&](std::uint8_t value) { return levels[value]; });
}

void copy_stretched(const I420View& in, I420Buffer& out) {
  static const Levels luma = stretch(16, 219, 0);
  static const Levels chroma = stretch(128, 224, 128);
  const int width = out.chroma_width();
  const int height = out.chroma_height();
  map_rows({in.y, in.stride_y, out.y(), out.stride_y(), in.size.width, in.size.height}, luma);
  map_rows({in.u, in.stride_uv, out.u(), out.stride_uv(), width, height}, chroma);
  map_rows({in.v, in.stride_uv, out.v(), out.stride_uv(), width, height}, chroma);
}

Result<Bytes> compress(const I420View& picture, int quality) {
  const std::unique_ptr<void, HandleDeleter> handle(tjInitCompress());
  if (!handle) return fail(Errc::kInternal, "the JPEG encoder could not be set up");
  std::array<const unsigned char*, 3> planes{picture.y, picture.u, picture.v};
  const std::array<int, 3> strides{picture.stride_y, picture.stride_uv, picture.stride_uv};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int rc = tjCompressFromYUVPlanes(handle.get(), planes.data(), picture.size.width, strides.data(),
                                         picture.size.height, TJSAMP_420, &bytes, &size, quality, 0);
  const std::unique_ptr<unsigned char, BufferDeleter> owned(bytes);
  if (rc != 0) return fail(Errc::kInternal, "the picture could not be made into a JPEG");
  return Bytes(bytes, bytes + size);
}

}  // namespace

Result<Bytes> encode_jpeg(const I420View& picture, bool full_range, int quality) {
  if (full_range) return compress(picture, quality);
  I420Buffer stretched;
  stretched.resize(picture.size);
  copy_stretched(picture, stretched);
  return compress(stretched.view(), quality);
}

}  // namespace perch::codec
