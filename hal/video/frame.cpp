// Names of pixel formats, and where the planes of a picture lie in one run of bytes.
#include "hal/video/frame.hpp"

namespace perch::video {
namespace {

// Chroma of 4:2:0 covers two columns and two rows; odd sizes round up.
constexpr int half(int n) { return (n + 1) / 2; }

Plane take(ByteView bytes, std::size_t offset, int stride, int rows) {
  return {bytes.data() + offset, stride, static_cast<std::size_t>(stride) * static_cast<std::size_t>(rows)};
}

}  // namespace

const char* to_string(PixelFormat format) {
  switch (format) {
    case PixelFormat::kI420: return "I420";
    case PixelFormat::kNv12: return "NV12";
    case PixelFormat::kYuyv: return "YUYV";
    case PixelFormat::kMjpeg: return "MJPEG";
    case PixelFormat::kH264: return "H264";
  }
  return "?";
}

int packed_stride(PixelFormat format, int width) {
  switch (format) {
    case PixelFormat::kI420:
    case PixelFormat::kNv12: return width;
    case PixelFormat::kYuyv: return 4 * half(width);
    case PixelFormat::kMjpeg:
    case PixelFormat::kH264: return 0;
  }
  return 0;
}

std::size_t picture_bytes(PixelFormat format, Size size, int stride) {
  const auto rows = static_cast<std::size_t>(size.height), row = static_cast<std::size_t>(stride);
  const auto chroma_rows = static_cast<std::size_t>(half(size.height));
  switch (format) {
    case PixelFormat::kI420: return row * rows + 2 * static_cast<std::size_t>(half(stride)) * chroma_rows;
    case PixelFormat::kNv12: return row * (rows + chroma_rows);
    case PixelFormat::kYuyv: return row * rows;
    case PixelFormat::kMjpeg:
    case PixelFormat::kH264: return 0;
  }
  return 0;
}

std::optional<std::array<Plane, 3>> lay_out_planes(PixelFormat format, Size size, int stride, ByteView bytes) {
  if (is_compressed(format)) return std::array<Plane, 3>{Plane{bytes.data(), 0, bytes.size()}};
  if (bytes.size() < picture_bytes(format, size, stride)) return std::nullopt;
  const int chroma_rows = half(size.height);
  const Plane first = take(bytes, 0, stride, size.height);
  switch (format) {
    case PixelFormat::kI420: {
      const Plane u = take(bytes, first.size, half(stride), chroma_rows);
      return std::array<Plane, 3>{first, u, take(bytes, first.size + u.size, half(stride), chroma_rows)};
    }
    case PixelFormat::kNv12: return std::array<Plane, 3>{first, take(bytes, first.size, stride, chroma_rows)};
    default: return std::array<Plane, 3>{first};
  }
}

}  // namespace perch::video
