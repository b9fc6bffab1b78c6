// H.264 in software through libx264, tuned for calls: no delay, small key frames.
#pragma once

#include "media/codec/h264_encoder.hpp"

namespace perch::codec {

/// Constrained baseline. kInvalid when x264 refuses the size or rate.
[[nodiscard]] Result<std::unique_ptr<H264Encoder>> create_x264_encoder(const EncoderConfig& config);

}  // namespace perch::codec
