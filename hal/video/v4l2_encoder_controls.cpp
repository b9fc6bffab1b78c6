// See v4l2_encoder_controls.hpp. API: "Video for Linux API", section "Codec Control Reference".
#include "hal/video/v4l2_encoder_controls.hpp"

#include <linux/videodev2.h>

#include <algorithm>
#include <optional>

namespace perch::video {
namespace {

std::optional<v4l2_query_ext_ctrl> query(int fd, IoctlFunction ioctl, std::uint32_t id) {
  v4l2_query_ext_ctrl argument{};
  argument.id = id;
  if (ioctl(fd, VIDIOC_QUERY_EXT_CTRL, &argument) != 0) return std::nullopt;
  if (argument.flags & (V4L2_CTRL_FLAG_DISABLED | V4L2_CTRL_FLAG_READ_ONLY)) return std::nullopt;
  return argument;
}

// Lowest level that holds the picture rate, H.264 table A-1: MaxMBPS and MaxFS.
std::int64_t level_for(Size size, FrameRate rate) {
  const std::int64_t blocks = std::int64_t{(size.width + 15) / 16} * ((size.height + 15) / 16);
  const double blocks_per_second = static_cast<double>(blocks) * rate.per_second();
  if (blocks <= 1620 && blocks_per_second <= 40'500) return V4L2_MPEG_VIDEO_H264_LEVEL_3_0;
  if (blocks <= 3600 && blocks_per_second <= 108'000) return V4L2_MPEG_VIDEO_H264_LEVEL_3_1;
  if (blocks <= 8192 && blocks_per_second <= 245'760) return V4L2_MPEG_VIDEO_H264_LEVEL_4_0;
  return blocks_per_second <= 522'240 ? V4L2_MPEG_VIDEO_H264_LEVEL_4_2 : V4L2_MPEG_VIDEO_H264_LEVEL_5_1;
}

}  // namespace

bool V4l2EncoderControls::has(std::uint32_t id) const { return query(fd_, ioctl_, id).has_value(); }

bool V4l2EncoderControls::set(std::uint32_t id, std::int64_t value) const {
  const auto control = query(fd_, ioctl_, id);
  if (!control) return false;
  // A button has no value: its range is 0 to 0.
  const std::int64_t min = control->minimum, max = std::max<std::int64_t>(min, control->maximum);
  const std::int64_t within = std::clamp(value, min, max);
  v4l2_ext_control entry{};
  entry.id = id;
  entry.value = static_cast<__s32>(within);
  v4l2_ext_controls argument{};
  argument.which = V4L2_CTRL_ID2WHICH(id);
  argument.count = 1;
  argument.controls = &entry;
  return ioctl_(fd_, VIDIOC_S_EXT_CTRLS, &argument) == 0;
}

bool V4l2EncoderControls::force_keyframe() const { return set(V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME, 1); }
bool V4l2EncoderControls::can_force_keyframe() const { return has(V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME); }
bool V4l2EncoderControls::set_bitrate(Bitrate bitrate) const { return set(V4L2_CID_MPEG_VIDEO_BITRATE, bitrate.bps()); }

bool V4l2EncoderControls::set_keyframe_interval(int pictures) const {
  // GOP_SIZE counts pictures of any coding, H264_I_PERIOD is the H.264 encoders' older word for it; some have both.
  const bool by_gop = set(V4L2_CID_MPEG_VIDEO_GOP_SIZE, pictures);
  return set(V4L2_CID_MPEG_VIDEO_H264_I_PERIOD, pictures) || by_gop;
}

bool V4l2EncoderControls::repeat_headers() const {
  const bool repeated = set(V4L2_CID_MPEG_VIDEO_REPEAT_SEQ_HEADER, 1);
  return set(V4L2_CID_MPEG_VIDEO_PREPEND_SPSPPS_TO_IDR, 1) || repeated;
}

void V4l2EncoderControls::prepare_h264(Size size, FrameRate rate) const {
  set(V4L2_CID_MPEG_VIDEO_B_FRAMES, 0);
  set(V4L2_CID_MPEG_VIDEO_H264_PROFILE, V4L2_MPEG_VIDEO_H264_PROFILE_CONSTRAINED_BASELINE);
  set(V4L2_CID_MPEG_VIDEO_H264_LEVEL, level_for(size, rate));
  set(V4L2_CID_MPEG_VIDEO_FRAME_RC_ENABLE, 1);
  set(V4L2_CID_MPEG_VIDEO_BITRATE_MODE, V4L2_MPEG_VIDEO_BITRATE_MODE_CBR);
  set(V4L2_CID_MPEG_VIDEO_HEADER_MODE, V4L2_MPEG_VIDEO_HEADER_MODE_JOINED_WITH_1ST_FRAME);
}

}  // namespace perch::video
