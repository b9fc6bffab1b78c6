// Any text as the value of a camera's control, and as a control's name: what is taken is in range, of the menu, on
// step.
#include <algorithm>
#include <cstdlib>
#include <limits>

#include "hal/base/bytes.hpp"
#include "hal/video/camera_controls.hpp"

namespace {

using namespace perch;
using namespace perch::video;

constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

CameraControl integer(const char* name, std::int64_t min, std::int64_t max, std::int64_t step) {
  CameraControl control{name, name};
  control.min = min;
  control.max = max;
  control.step = step;
  return control;
}

/// V4L2 gives ranges in 32 bits: the last two have all of them, and a step that makes no sense.
std::vector<CameraControl> all_controls() {
  CameraControl menu{"exposure_auto", "Exposure, Auto", ControlKind::kMenu};
  menu.items = {{1, "Manual Mode"}, {3, "Aperture Priority Mode"}, {-5, ""}};
  return {{"flip", "Flip", ControlKind::kBoolean},
          {"reset", "Reset", ControlKind::kButton},
          menu,
          integer("brightness", -64, 64, 1),
          integer("rotate", 0, 270, 90),
          integer("pixel_rate", kLeast, kMost, 7),
          integer("offset", kLeast, kMost, -1)};
}

bool is_allowed(const CameraControl& control, std::int64_t value) {
  if (control.kind == ControlKind::kBoolean) return value == 0 || value == 1;
  if (control.kind == ControlKind::kMenu)
    return std::ranges::find(control.items, value, &CameraControl::Item::value) != control.items.end();
  if (control.kind == ControlKind::kButton) return true;
  return value >= control.min && value <= control.max;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  static const std::vector<CameraControl> kControls = all_controls();
  for (const CameraControl& control : kControls) {
    const auto value = parse_control_value(control, text);
    if (value && !is_allowed(control, *value)) std::abort();
  }
  const std::string name = control_name(text);
  if (control_name(name) != name || name.size() > text.size()) std::abort();
  if (unknown_control(kControls, text).code != Errc::kNotFound) std::abort();
  return 0;
}
