// Camera controls of an open V4L2 node.
#pragma once

#include <string_view>
#include <vector>

#include "hal/video/camera_controls.hpp"

namespace perch::video {

/// Those that concern the picture: not the encoder's, nor what a test driver has to play with.
[[nodiscard]] std::vector<CameraControl> list_controls(int fd);
/// Errors as set_camera_control().
[[nodiscard]] Result<void> set_control(int fd, std::string_view name, std::string_view value);
/// "NAME=VALUE" each; those that fail are logged.
void apply_controls(int fd, const std::vector<std::string>& settings);

}  // namespace perch::video
