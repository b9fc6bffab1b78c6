// The controls of a video encoder inside a V4L2 node, be it in a camera or on the board.
#pragma once

#include <cstdint>

#include "hal/base/units.hpp"
#include "hal/video/v4l2_device.hpp"

namespace perch::video {

/// Each call asks the driver and says whether it has the control and took the value; drivers differ in what they have.
/// Values beyond the driver's range become the nearest within. Works before and while streaming. Borrows the node.
class V4l2EncoderControls {
 public:
  explicit V4l2EncoderControls(int fd, IoctlFunction ioctl = xioctl) : fd_(fd), ioctl_(ioctl) {}

  /// The next picture is to be a key frame.
  [[nodiscard]] bool force_keyframe() const;
  [[nodiscard]] bool can_force_keyframe() const;
  [[nodiscard]] bool set_bitrate(Bitrate bitrate) const;
  /// Distance of the key frames that come unasked [pictures].
  [[nodiscard]] bool set_keyframe_interval(int pictures) const;
  /// Parameter sets in front of every key frame.
  [[nodiscard]] bool repeat_headers() const;
  /// What live H.264 for browsers needs, as far as the driver has it: constrained baseline, constant bitrate, no B
  /// pictures, a level that fits `size` and `rate`, headers in the buffer of the first picture.
  void prepare_h264(Size size, FrameRate rate) const;

 private:
  [[nodiscard]] bool has(std::uint32_t id) const;
  bool set(std::uint32_t id, std::int64_t value) const;

  int fd_;
  IoctlFunction ioctl_;
};

}  // namespace perch::video
