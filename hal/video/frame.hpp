// What a video source hands on: a frame in whatever form the camera has it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hal/base/bytes.hpp"
#include "hal/base/time.hpp"
#include "hal/base/units.hpp"

namespace perch::video {

enum class PixelFormat : std::uint8_t { kI420, kNv12, kYuyv, kMjpeg, kH264 };
[[nodiscard]] const char* to_string(PixelFormat format);
/// MJPEG and H.264 frames are one run of bytes in planes[0].
[[nodiscard]] constexpr bool is_compressed(PixelFormat format) {
  return format == PixelFormat::kMjpeg || format == PixelFormat::kH264;
}

struct VideoFormat {
  PixelFormat pixel = PixelFormat::kI420;
  Size size;
  FrameRate rate;
  bool operator==(const VideoFormat&) const = default;
};

struct Plane {
  const std::uint8_t* data = nullptr;
  int stride = 0;        ///< [bytes]; 0 for compressed formats
  std::size_t size = 0;  ///< [bytes]
};

/// Bytes per row of the first plane when rows follow one another without a gap; 0 for compressed formats.
[[nodiscard]] int packed_stride(PixelFormat format, int width);
/// Bytes of a whole picture whose first plane has `stride` bytes per row (chroma rows of I420 have half of it, rounded
/// up); 0 for compressed formats.
[[nodiscard]] std::size_t picture_bytes(PixelFormat format, Size size, int stride);
/// Planes of a picture that lies in one run of bytes, as V4L2 and Y4M have it. Nothing when the run is too short for
/// the size; bytes beyond the picture are ignored. The planes point into `bytes`.
[[nodiscard]] std::optional<std::array<Plane, 3>> lay_out_planes(PixelFormat format, Size size, int stride,
                                                                 ByteView bytes);

/// Borrowed from the source until its next read_frame(), stop or destruction.
struct Frame {
  VideoFormat format;
  std::array<Plane, 3> planes{};  ///< I420: Y U V; NV12: Y UV; YUYV, MJPEG, H264: one
  TimePoint captured_at;          ///< monotonic; when the first line was exposed, as near as the driver tells
  std::uint32_t number = 0;       ///< counts from 0 at open; a gap means the driver dropped frames
  int dmabuf = -1;                ///< the planes' memory, from its first byte, as a DMA buffer; -1: there is none
  std::size_t dmabuf_size = 0;    ///< [bytes]
};

}  // namespace perch::video
