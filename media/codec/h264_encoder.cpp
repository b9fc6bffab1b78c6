#include "media/codec/h264_encoder.hpp"

#include "media/codec/x264_encoder.hpp"

namespace perch::codec {

Result<std::unique_ptr<H264Encoder>> create_h264_encoder(const EncoderConfig& config) {
  if (config.encoder == "auto" || config.encoder == "x264") return create_x264_encoder(config);
  return fail(Errc::kUnsupported, "no encoder is called \"" + config.encoder + "\"; there are auto and x264");
}

}  // namespace perch::codec
