// A camera whose frames a test writes itself: for compressed formats, which no kernel driver imitates.
#pragma once

#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"
#include "hal/video/frame.hpp"

namespace perch::video {

/// The output side of a v4l2loopback node. While it exists, the node is a camera of the given format.
class LoopbackCamera {
 public:
  [[nodiscard]] static Result<LoopbackCamera> create(const char* path, const VideoFormat& format);
  /// The driver passes on any bytes, whatever the format says.
  [[nodiscard]] bool show(ByteView frame);

 private:
  explicit LoopbackCamera(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace perch::video
