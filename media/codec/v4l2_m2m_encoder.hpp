// H.264 by the board's own encoder, through a V4L2 memory-to-memory node.
#pragma once

#include "hal/video/v4l2_m2m_node.hpp"
#include "media/codec/h264_encoder.hpp"

namespace perch::codec {

/// With the first H.264 encoder node there is. kNotFound: none.
[[nodiscard]] Result<std::unique_ptr<H264Encoder>> create_v4l2_m2m_encoder(const EncoderConfig& config);

using NodeOpener = std::function<Result<video::V4l2M2mNode>()>;
/// How long to wait for a picture: hardware takes some milliseconds, for its first one some more.
inline constexpr Duration kM2mPatience = seconds(1);
/// The same with nodes from `open`: the first at once, another whenever the driver failed.
[[nodiscard]] Result<std::unique_ptr<H264Encoder>> create_v4l2_m2m_encoder(const EncoderConfig& config, NodeOpener open,
                                                                           Duration patience = kM2mPatience);

}  // namespace perch::codec
