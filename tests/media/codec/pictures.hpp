// Pictures for tests: any pixel format, padded rows, moving contents.
#pragma once

#include "hal/base/random.hpp"
#include "hal/video/frame.hpp"
#include "media/codec/i420.hpp"

namespace perch::codec::test {

inline std::uint8_t luma_at(int x, int y) { return static_cast<std::uint8_t>(40 + (3 * x + y) % 180); }
inline constexpr std::uint8_t kU = 90;
inline constexpr std::uint8_t kV = 170;

/// Owns the bytes that its Frame points to. Luma as luma_at(), chroma kU and kV everywhere.
struct Picture {
  Picture(video::PixelFormat pixel, Size size, int padding = 0);
  Bytes bytes;
  video::Frame frame;
};

inline Picture::Picture(video::PixelFormat pixel, Size size, int padding) {
  const bool yuyv = pixel == video::PixelFormat::kYuyv;
  const bool nv12 = pixel == video::PixelFormat::kNv12;
  const int half_width = (size.width + 1) / 2;
  const int half_height = (size.height + 1) / 2;
  const int stride = (yuyv ? 4 * half_width : size.width) + padding;
  const int chroma_stride = (nv12 ? 2 * half_width : half_width) + padding;
  const auto luma_bytes = static_cast<std::size_t>(stride) * static_cast<std::size_t>(size.height);
  const auto chroma_bytes = static_cast<std::size_t>(chroma_stride) * static_cast<std::size_t>(half_height);
  bytes.assign(luma_bytes + (yuyv ? 0 : chroma_bytes * (nv12 ? 1 : 2)), 1);
  std::uint8_t* const luma = bytes.data();
  std::uint8_t* const chroma = luma + luma_bytes;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      luma[y * stride + x * (yuyv ? 2 : 1)] = luma_at(x, y);
      if (yuyv) luma[y * stride + x * 2 + 1] = x % 2 == 0 ? kU : kV;
    }
    if (yuyv && size.width % 2 != 0) luma[y * stride + size.width * 2 + 1] = kV;
  }
  for (int y = 0; !yuyv && y < half_height; ++y) {
    for (int x = 0; x < half_width; ++x) {
      if (nv12) {
        chroma[y * chroma_stride + 2 * x] = kU;
        chroma[y * chroma_stride + 2 * x + 1] = kV;
      } else {
        chroma[y * chroma_stride + x] = kU;
        chroma[chroma_bytes + static_cast<std::size_t>(y * chroma_stride + x)] = kV;
      }
    }
  }
  frame.format = {pixel, size, {30, 1}};
  frame.planes[0] = {luma, stride, luma_bytes};
  if (!yuyv) frame.planes[1] = {chroma, chroma_stride, chroma_bytes};
  if (!yuyv && !nv12) frame.planes[2] = {chroma + chroma_bytes, chroma_stride, chroma_bytes};
}

/// An I420 picture of noise over a moving ramp, which costs an encoder bits in every frame.
class NoisyPicture {
 public:
  explicit NoisyPicture(Size size) { buffer_.resize(size); }
  I420View next() {
    ++shift_;
    for (int y = 0; y < buffer_.size().height; ++y) {
      std::uint8_t* row = buffer_.y() + y * buffer_.stride_y();
      for (int x = 0; x < buffer_.size().width; ++x) {
        row[x] = static_cast<std::uint8_t>(luma_at(x + shift_ * 4, y) + random_.u32() % 16);
      }
    }
    return buffer_.view();
  }

 private:
  I420Buffer buffer_;
  SeededRandom random_{1};
  int shift_ = 0;
};

}  // namespace perch::codec::test
