// The source `/dev/videoN`: frames from a camera through memory-mapped buffers.
#pragma once

#include "hal/video/v4l2_device.hpp"
#include "hal/video/video_source.hpp"

namespace perch::video {

/// Opens the camera, sets the nearest format it has (logged) and starts it. `only` limits the choice to one pixel
/// format. Errors: those of V4l2Device::open; kUnsupported when the camera has no pixel format we can use.
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_v4l2_capture(const std::string& path,
                                                                     const SourceRequest& request,
                                                                     std::optional<PixelFormat> only = {});

}  // namespace perch::video
