// A captured picture on its way to all encoders that want it.
#pragma once

#include <optional>

#include "media/codec/pixel_convert.hpp"
#include "media/rtp/types.hpp"

namespace perch::codec {

/// Is converted when the first encoder asks, and not again. Frame and converter are borrowed. Single thread.
class SharedPicture {
 public:
  SharedPicture(const video::Frame& frame, rtp::Timestamp timestamp, PixelConverter& converter)
      : frame_(frame), timestamp_(timestamp), converter_(converter) {}

  /// As the source delivered it.
  [[nodiscard]] const video::Frame& frame() const { return frame_; }
  /// The same in every tier.
  [[nodiscard]] rtp::Timestamp timestamp() const { return timestamp_; }
  /// At the frame's size; errors as PixelConverter::convert().
  [[nodiscard]] const Result<I420View>& i420() {
    if (!i420_) i420_.emplace(converter_.convert(frame_));
    return *i420_;
  }

 private:
  const video::Frame& frame_;
  const rtp::Timestamp timestamp_;
  PixelConverter& converter_;
  std::optional<Result<I420View>> i420_;
};

}  // namespace perch::codec
