// What the daemon asks of perch-libcamera on its command line.
#pragma once

#include <string>
#include <vector>

#include "hal/base/result.hpp"
#include "hal/base/units.hpp"

namespace perch::video {

struct LibcameraOptions {
  bool list = false;         ///< print the cameras and end
  std::string camera = "0";  ///< number or libcamera's name
  Size size{1280, 720};
  FrameRate rate{30, 1};
  std::vector<std::string> controls;  ///< NAME=VALUE
};

/// `words` without the program's name. kInvalid names the word that is wrong.
[[nodiscard]] Result<LibcameraOptions> parse_libcamera_options(const std::vector<std::string>& words);

}  // namespace perch::video
