// What a test does to the kernel's imitation camera "vivid": unplug it, and have it deliver damaged frames.
#pragma once

#include <string>

namespace perch::video {

/// Unbinds or binds the driver, which is what pulling and plugging the cable looks like from here. `number` counts
/// vivid devices, not video nodes. False when the kernel refused.
[[nodiscard]] bool unplug_vivid(int number);
[[nodiscard]] bool plug_in_vivid(int number);

/// Sets the control (a button is pressed by any value) of this name, e.g. "Horizontal Movement". False when the camera
/// has none or refuses the value.
[[nodiscard]] bool set_control(const std::string& device, const std::string& name, int value);

}  // namespace perch::video
