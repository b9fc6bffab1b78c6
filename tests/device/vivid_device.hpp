// What a test does to the kernel's imitation camera "vivid": unplug it, and have it deliver damaged frames.
#pragma once

#include <string>

namespace perch::video {

/// Unbinds or binds the driver, which is what pulling and plugging the cable looks like from here. `number` counts
/// vivid devices, not video nodes. False when the kernel refused.
[[nodiscard]] bool unplug_vivid(int number);
[[nodiscard]] bool plug_in_vivid(int number);

/// Presses the driver's button of this name, e.g. "Inject V4L2_BUF_FLAG_ERROR". False when it has none.
[[nodiscard]] bool press_button(const std::string& device, const std::string& name);

}  // namespace perch::video
