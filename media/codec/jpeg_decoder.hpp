// Decodes the JPEG pictures of MJPEG cameras straight to I420.
#pragma once

#include <memory>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "media/codec/i420.hpp"

namespace perch::codec {

/// Single thread; keeps its buffers from picture to picture.
class JpegDecoder {
 public:
  JpegDecoder();
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  /// Fills `out` at the picture's size, full range (JPEG levels 0..255). kInvalid when the bytes are damaged or the
  /// size is not `expected`: `out` is undefined then. All chroma samplings but CMYK; grey gets neutral chroma.
  [[nodiscard]] Result<void> decode(ByteView jpeg, Size expected, I420Buffer& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace perch::codec
