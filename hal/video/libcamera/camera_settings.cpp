// See camera_settings.hpp.
#include "hal/video/libcamera/camera_settings.hpp"

#include <libcamera/control_ids.h>
#include <libcamera/version.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "hal/base/log.hpp"

namespace perch::video {
namespace {

namespace lc = libcamera;

struct Setting {
  std::string name, value;
};

Setting split_word(const std::string& word) {
  const auto equals = word.find('=');
  return {word.substr(0, equals), equals == std::string::npos ? "" : word.substr(equals + 1)};
}

bool same_name(const std::string& a, const char* b) { return strcasecmp(a.c_str(), b) == 0; }

bool is_orientation(const Setting& setting) {
  return same_name(setting.name, "rotation") || same_name(setting.name, "hflip") || same_name(setting.name, "vflip");
}

// The names people know, and what else must be said for the value to count.
struct Alias {
  const char* name;
  const char* control;
  const char* automatic;  ///< control to set to 0 first
};
constexpr std::array<Alias, 3> kAliases{{{"exposure", "ExposureTime", "AeEnable"},
                                         {"gain", "AnalogueGain", "AeEnable"},
                                         {"focus", "LensPosition", "AfMode"}}};

const lc::ControlId* find_control(const lc::Camera& camera, const char* name) {
  for (const auto& [id, info] : camera.controls()) {
    if (same_name(id->name(), name)) return id;
  }
  return nullptr;
}

std::optional<double> parse_number(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' ? std::optional(number) : std::nullopt;
}

std::optional<lc::ControlValue> to_value(lc::ControlType type, double number) {
  switch (type) {
    case lc::ControlTypeBool: return lc::ControlValue(number != 0);
    case lc::ControlTypeInteger32: return lc::ControlValue(static_cast<std::int32_t>(number));
    case lc::ControlTypeInteger64: return lc::ControlValue(static_cast<std::int64_t>(number));
    case lc::ControlTypeFloat: return lc::ControlValue(static_cast<float>(number));
    default: return std::nullopt;  // rectangles, lists and the like
  }
}

// Nothing for words that are no single number of this control's type.
bool set(const lc::Camera& camera, lc::ControlList& controls, const char* name, const std::string& value) {
  const lc::ControlId* const id = find_control(camera, name);
  const auto number = parse_number(value);
  if (!id || !number) return false;
  const auto typed = to_value(id->type(), *number);
  if (typed) controls.set(id->id(), *typed);
  return typed.has_value();
}

bool apply(const lc::Camera& camera, lc::ControlList& controls, const Setting& setting) {
  const auto alias = std::ranges::find_if(kAliases, [&](const Alias& a) { return same_name(setting.name, a.name); });
  if (alias == kAliases.end()) return set(camera, controls, setting.name.c_str(), setting.value);
  set(camera, controls, alias->automatic, "0");
  return set(camera, controls, alias->control, setting.value);
}

std::string list_controls(const lc::Camera& camera) {
  std::string list;
  for (const auto& [id, info] : camera.controls())
    list += (list.empty() ? "" : ", ") + id->name() + " " + info.toString();
  return list;
}

}  // namespace

void set_orientation(lc::CameraConfiguration& configuration, const std::vector<std::string>& words) {
  bool mirrored = false, upside_down = false;
  for (const std::string& word : words) {
    const Setting setting = split_word(word);
    const bool on = parse_number(setting.value).value_or(0) != 0;
    const bool turned = same_name(setting.name, "rotation") && parse_number(setting.value) == 180.0;
    if (turned || (on && same_name(setting.name, "hflip"))) mirrored = !mirrored;
    if (turned || (on && same_name(setting.name, "vflip"))) upside_down = !upside_down;
  }
#if LIBCAMERA_VERSION_MAJOR > 0 || LIBCAMERA_VERSION_MINOR >= 2
  using enum lc::Orientation;
  configuration.orientation =
      mirrored ? (upside_down ? Rotate180 : Rotate0Mirror) : (upside_down ? Rotate180Mirror : Rotate0);
#else
  configuration.transform = (mirrored ? lc::Transform::HFlip : lc::Transform::Identity) |
                            (upside_down ? lc::Transform::VFlip : lc::Transform::Identity);
#endif
}

lc::ControlList make_controls(const lc::Camera& camera, const std::vector<std::string>& words) {
  lc::ControlList controls(camera.controls());
  for (const std::string& word : words) {
    const Setting setting = split_word(word);
    if (is_orientation(setting) || apply(camera, controls, setting)) continue;
    PERCH_WARN("video", "msg=\"control not set\" control=%s there_is=%s", in_quotes(word).c_str(),
               in_quotes(list_controls(camera)).c_str());
  }
  return controls;
}

FrameRate set_rate(const lc::Camera& camera, FrameRate wanted, lc::ControlList& controls) {
  const auto range = camera.controls().find(&lc::controls::FrameDurationLimits);
  if (range == camera.controls().end()) return wanted;
  const std::int64_t asked_us = to_us(wanted.interval());
  // libcamera's duration is a whole number of microseconds; one that needs no clamping is the rate that was asked for.
  const std::int64_t got_us =
      std::clamp(asked_us, range->second.min().get<std::int64_t>(), range->second.max().get<std::int64_t>());
  const std::array<std::int64_t, 2> limits{got_us, got_us};
  controls.set(lc::controls::FrameDurationLimits, lc::Span<const std::int64_t, 2>(limits));
  if (got_us == asked_us) return wanted;
  return {1'000'000, static_cast<std::uint32_t>(got_us)};
}

}  // namespace perch::video
