// Brings every picture a source delivers into I420, and that to the size an encoder wants.
#pragma once

#include "hal/base/result.hpp"
#include "hal/video/frame.hpp"
#include "media/codec/i420.hpp"
#include "media/codec/jpeg_decoder.hpp"

namespace perch::codec {

/// The size to encode a source at: its own when it fits into `limit`, otherwise shrunk into it with the aspect ratio
/// kept. Never larger than the source; even in both directions, as 4:2:0 coding needs; at least 2x2.
[[nodiscard]] Size encode_size(Size source, Size limit);

/// A picture in NV12, for encoders that want their chroma interleaved. Single thread; allocates only when sizes change.
class Nv12Buffer {
 public:
  /// Copies `picture`; the planes are valid until the next call.
  [[nodiscard]] std::array<video::Plane, 3> fill(const I420View& picture);

 private:
  Bytes bytes_;
};

/// Single thread; allocates only when sizes change.
class PixelConverter {
 public:
  /// At the frame's own size. The view borrows from `frame` when nothing had to be converted, else from the converter
  /// until the next call. kInvalid: this picture is damaged, the next may be fine. kUnsupported: H.264 is not decoded
  /// here.
  [[nodiscard]] Result<I420View> convert(const video::Frame& frame);

 private:
  JpegDecoder jpeg_;
  I420Buffer full_;
};

/// Single thread; allocates only when sizes change.
class PixelScaler {
 public:
  /// The view borrows from `picture` when the sizes are the same but for an odd last column or row, which is cut off;
  /// else from the scaler until the next call.
  [[nodiscard]] I420View scale(const I420View& picture, Size target);

 private:
  I420Buffer scaled_;
};

}  // namespace perch::codec
