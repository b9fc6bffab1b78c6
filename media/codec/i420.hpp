// Pictures in I420, the form encoders take: a borrowed view and a buffer that is reused from frame to frame.
#pragma once

#include <cstdint>

#include "hal/base/bytes.hpp"
#include "hal/base/units.hpp"

namespace perch::codec {

/// Three borrowed planes; the chroma planes have half the width and height, rounded up.
struct I420View {
  Size size;
  const std::uint8_t* y = nullptr;
  const std::uint8_t* u = nullptr;
  const std::uint8_t* v = nullptr;
  int stride_y = 0;   ///< [bytes]
  int stride_uv = 0;  ///< [bytes]
};

/// Owns one picture. Single thread.
class I420Buffer {
 public:
  /// Allocates only when the size changes. The contents are undefined afterwards.
  void resize(Size size) {
    if (size == size_) return;
    size_ = size;
    // Rows start at multiples of 64 bytes, so that vector code never splits a cache line.
    stride_y_ = (size.width + 63) / 64 * 64;
    stride_uv_ = ((size.width + 1) / 2 + 63) / 64 * 64;
    bytes_.assign(y_bytes() + 2 * uv_bytes(), 0);
  }
  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] std::uint8_t* y() { return bytes_.data(); }
  [[nodiscard]] std::uint8_t* u() { return bytes_.data() + y_bytes(); }
  [[nodiscard]] std::uint8_t* v() { return bytes_.data() + y_bytes() + uv_bytes(); }
  [[nodiscard]] int stride_y() const { return stride_y_; }
  [[nodiscard]] int stride_uv() const { return stride_uv_; }
  [[nodiscard]] int chroma_width() const { return (size_.width + 1) / 2; }
  [[nodiscard]] int chroma_height() const { return (size_.height + 1) / 2; }
  /// Valid until the next resize().
  [[nodiscard]] I420View view() { return {size_, y(), u(), v(), stride_y_, stride_uv_}; }

 private:
  [[nodiscard]] std::size_t y_bytes() const {
    return static_cast<std::size_t>(stride_y_) * static_cast<std::size_t>(size_.height);
  }
  [[nodiscard]] std::size_t uv_bytes() const {
    return static_cast<std::size_t>(stride_uv_) * static_cast<std::size_t>(chroma_height());
  }

  Size size_;
  int stride_y_ = 0;
  int stride_uv_ = 0;
  Bytes bytes_;
};

}  // namespace perch::codec
