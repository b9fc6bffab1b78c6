#include "media/codec/h264_encoder.hpp"

#include "media/codec/v4l2_m2m_encoder.hpp"
#include "media/codec/x264_encoder.hpp"

namespace perch::codec {
namespace {

using Made = Result<std::unique_ptr<H264Encoder>>;

Made because(Made made, std::string reason) {
  if (made) (*made)->set_reason(std::move(reason));
  return made;
}

}  // namespace

Made create_h264_encoder(const EncoderConfig& config) {
  if (config.encoder == "x264") return because(create_x264_encoder(config), "configured");
  if (config.encoder == "v4l2m2m") return because(create_v4l2_m2m_encoder(config), "configured");
  if (config.encoder != "auto") {
    return fail(Errc::kUnsupported,
                "no encoder is called \"" + config.encoder + "\"; there are auto, x264 and v4l2m2m");
  }
  const std::string no_h264 = "no H.264 from the camera, ";
  auto hardware = create_v4l2_m2m_encoder(config);
  if (hardware) return because(std::move(hardware), no_h264 + "an M2M encoder is there");
  return because(create_x264_encoder(config), no_h264 + hardware.error().context);
}

}  // namespace perch::codec
