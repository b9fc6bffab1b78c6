// The words of camera controls: names, values and errors; see v4l2_controls.cpp for the driver's side.
#include "hal/video/camera_controls.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "hal/base/text.hpp"

namespace perch::video {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Error invalid(const CameraControl& control, const std::string& wanted) {
  return {Errc::kInvalid, control.name + " must be " + wanted};
}

Result<std::int64_t> parse_boolean(const CameraControl& control, std::string_view text) {
  const std::string word = lower(text);
  if (word == "1" || word == "on" || word == "true" || word == "yes") return 1;
  if (word == "0" || word == "off" || word == "false" || word == "no") return 0;
  return fail(invalid(control, "on or off"));
}

Result<std::int64_t> parse_item(const CameraControl& control, std::string_view text) {
  const auto number = parse_number(text);
  std::string all;
  for (const CameraControl::Item& item : control.items) {
    if (lower(item.label) == lower(text)) return item.value;
    all += (all.empty() ? "" : ", ") + item.label;
  }
  const bool listed =
      number && std::ranges::find(control.items, *number, &CameraControl::Item::value) != control.items.end();
  if (listed) return *number;
  return fail(invalid(control, "one of " + all));
}

}  // namespace

const char* to_string(ControlKind kind) {
  switch (kind) {
    case ControlKind::kInteger: return "integer";
    case ControlKind::kBoolean: return "boolean";
    case ControlKind::kMenu: return "menu";
    case ControlKind::kButton: return "button";
  }
  return "?";
}

std::string control_name(std::string_view label) {
  std::string name;
  for (const char c : lower(label)) {
    if (is_word(c)) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  if (name.ends_with('_')) name.pop_back();
  return name;
}

Result<std::int64_t> parse_control_value(const CameraControl& control, std::string_view text) {
  switch (control.kind) {
    case ControlKind::kButton: return 1;
    case ControlKind::kBoolean: return parse_boolean(control, text);
    case ControlKind::kMenu: return parse_item(control, text);
    case ControlKind::kInteger: break;
  }
  const auto number = parse_number(text);
  const bool fits = number && *number >= control.min && *number <= control.max &&
                    (control.step <= 1 || (*number - control.min) % control.step == 0);
  if (fits) return *number;
  const std::string steps = control.step > 1 ? " in steps of " + std::to_string(control.step) : "";
  return fail(invalid(control, std::to_string(control.min) + " to " + std::to_string(control.max) + steps));
}

Error unknown_control(const std::vector<CameraControl>& controls, std::string_view name) {
  std::vector<std::string_view> names;
  std::string near, all;
  const std::string wanted = control_name(name);
  for (const CameraControl& control : controls) {
    names.emplace_back(control.name);
    all += (all.empty() ? "" : ", ") + control.name;
    if (!wanted.empty() && control.name.find(wanted) != std::string::npos)
      near += (near.empty() ? "" : ", ") + control.name;
  }
  if (near.empty()) near = closest_word(wanted, names).value_or("");
  const std::string text = "the camera has no control \"" + std::string(name) + "\"";
  if (!near.empty()) return {Errc::kNotFound, text + "; did you mean " + near + "?"};
  return {Errc::kNotFound, text + (all.empty() ? "; it has none" : "; there are " + all)};
}

}  // namespace perch::video
