// What can be set on a camera: brightness, focus, rotation … as its driver lists it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hal/base/result.hpp"

namespace perch::video {

enum class ControlKind : std::uint8_t { kInteger, kBoolean, kMenu, kButton };
[[nodiscard]] const char* to_string(ControlKind kind);

struct CameraControl {
  struct Item {
    std::int64_t value = 0;
    std::string label;
  };
  std::string name;   ///< the label in lower case with _ between words, as v4l2-ctl has it: "white_balance_automatic"
  std::string label;  ///< what the driver calls it: "White Balance, Automatic"
  ControlKind kind = ControlKind::kInteger;
  std::int64_t min = 0, max = 0, step = 1, default_value = 0, value = 0;
  std::vector<Item> items = {};  ///< of a menu; values may have gaps
  bool read_only = false;
  bool inactive = false;  ///< has no effect now because of another control, e.g. exposure while it is automatic
};

/// Of a source as the configuration names it: a device node, or auto for the first camera. Opens the node for the call
/// only, whether it is streaming or closed: V4L2 lets any number of programs do so. kUnsupported: a source without
/// controls (pattern, files); otherwise the errors of opening. Any thread.
[[nodiscard]] Result<std::vector<CameraControl>> list_camera_controls(const std::string& source);

/// `value`: a number; on, off, true or false; the label of a menu's item; anything for a button. Errors in words:
/// kNotFound (with the names that are near), kInvalid (with the range or the items), kUnavailable (read-only or
/// inactive).
[[nodiscard]] Result<void> set_camera_control(const std::string& source, std::string_view name, std::string_view value);

/// The number that `text` means to `control`, checked against its range; pure.
[[nodiscard]] Result<std::int64_t> parse_control_value(const CameraControl& control, std::string_view text);
/// A control's name from the driver's label; pure.
[[nodiscard]] std::string control_name(std::string_view label);
/// kNotFound, with the nearest of `controls` or all of them; pure.
[[nodiscard]] Error unknown_control(const std::vector<CameraControl>& controls, std::string_view name);

}  // namespace perch::video
