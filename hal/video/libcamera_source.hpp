// The source `libcamera:CAMERA`: frames from the program perch-libcamera, which alone links libcamera.
#pragma once

#include <optional>
#include <string>

#include "hal/base/unique_fd.hpp"
#include "hal/video/child_program.hpp"
#include "hal/video/video_source.hpp"

namespace perch::video {

/// How long the camera may take from the program's start to its first buffers: libraries, probing, tuning files.
inline constexpr Duration kLibcameraStart = seconds(5);

/// Starts the program and waits until the camera runs. `camera` is a number (0 is the first) or libcamera's name of
/// one. Blocks for up to kLibcameraStart. Errors: kUnsupported when the program is not installed; kNotFound with the
/// cameras there are; kBusy; kUnavailable when nothing came in time or the program ended.
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_libcamera(const std::string& camera,
                                                                  const SourceRequest& request);

/// The same from a conversation that has begun on `channel`; `program`, if any, is ended with the source.
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_libcamera_channel(UniqueFd channel,
                                                                          std::optional<ChildProgram> program,
                                                                          Duration patience);

/// Where perch-libcamera is: $PERCH_LIBCAMERA_HELPER, beside this program, or /usr/libexec/perch.
[[nodiscard]] Result<std::string> find_libcamera_program();

/// This machine may have a camera that only libcamera can drive: the program is installed and there is a media device.
[[nodiscard]] bool may_have_libcamera_camera();

}  // namespace perch::video
