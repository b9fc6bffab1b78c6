// NAME=VALUE words into libcamera's controls and orientation.
#pragma once

#include <libcamera/camera.h>

#include <string>
#include <vector>

#include "hal/base/units.hpp"

namespace perch::video {

/// Turns the picture as "rotation=180", "hflip=1" and "vflip=1" say, where the camera can (validate() tells).
void set_orientation(libcamera::CameraConfiguration& configuration, const std::vector<std::string>& words);

/// All other words: a control by libcamera's name in any case ("Brightness=0.2"), or exposure [µs], gain, focus
/// [dioptres], which also switch the automatic off. What the camera has not or cannot is a warning with what it has.
[[nodiscard]] libcamera::ControlList make_controls(const libcamera::Camera& camera,
                                                   const std::vector<std::string>& words);

/// Asks for the rate in `controls` and returns what will come; `wanted` itself when the camera cannot be told.
[[nodiscard]] FrameRate set_rate(const libcamera::Camera& camera, FrameRate wanted, libcamera::ControlList& controls);

}  // namespace perch::video
