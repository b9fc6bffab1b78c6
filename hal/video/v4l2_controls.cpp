// See v4l2_controls.hpp and camera_controls.hpp. API: "Video for Linux API", section "User Controls" and those behind
// it.
#include "hal/video/v4l2_controls.hpp"

#include <linux/videodev2.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "hal/base/log.hpp"
#include "hal/video/v4l2_device.hpp"

namespace perch::video {
namespace {

constexpr int kMaxControls = 512;  // a driver that never says "no more" must not hold us
constexpr __s64 kMaxItems = 256;

struct Entry {
  __u32 id = 0;
  CameraControl control;
};

bool concerns_picture(__u32 id) {
  switch (V4L2_CTRL_ID2CLASS(id)) {
    case V4L2_CTRL_CLASS_USER:
    case V4L2_CTRL_CLASS_CAMERA:
    case V4L2_CTRL_CLASS_FLASH:
    case V4L2_CTRL_CLASS_IMAGE_SOURCE:
    case V4L2_CTRL_CLASS_IMAGE_PROC:
    case V4L2_CTRL_CLASS_DETECT: return true;
    default: return false;
  }
}

std::optional<ControlKind> kind_of(__u32 type) {
  switch (type) {
    case V4L2_CTRL_TYPE_INTEGER: return ControlKind::kInteger;
    case V4L2_CTRL_TYPE_BOOLEAN: return ControlKind::kBoolean;
    case V4L2_CTRL_TYPE_MENU:
    case V4L2_CTRL_TYPE_INTEGER_MENU: return ControlKind::kMenu;
    case V4L2_CTRL_TYPE_BUTTON: return ControlKind::kButton;
    default: return std::nullopt;  // texts, arrays and bit fields are no knobs
  }
}

// Names come from the device: anything but printable ASCII is somebody's bug or trick.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, text.find('\0')));
  std::ranges::replace_if(
      out, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return out;
}

std::vector<CameraControl::Item> list_items(int fd, const v4l2_query_ext_ctrl& query) {
  std::vector<CameraControl::Item> items;
  const __s64 last = std::min(query.maximum, query.minimum + kMaxItems);
  for (__s64 i = query.minimum; i <= last; ++i) {
    v4l2_querymenu entry{};
    entry.id = query.id;
    entry.index = static_cast<__u32>(i);
    if (xioctl(fd, VIDIOC_QUERYMENU, &entry) != 0) continue;  // a gap
    const bool numbers = query.type == V4L2_CTRL_TYPE_INTEGER_MENU;
    const std::string_view name(reinterpret_cast<const char*>(entry.name), sizeof entry.name);
    items.push_back({i, numbers ? std::to_string(entry.value) : printable(name)});
  }
  return items;
}

std::optional<std::int64_t> read_value(int fd, __u32 id) {
  v4l2_control argument{id, 0};
  if (xioctl(fd, VIDIOC_G_CTRL, &argument) != 0) return std::nullopt;
  return argument.value;
}

std::optional<Entry> to_entry(int fd, const v4l2_query_ext_ctrl& query) {
  const auto kind = kind_of(query.type);
  if (!kind || !concerns_picture(query.id) || query.nr_of_dims > 0 || (query.flags & V4L2_CTRL_FLAG_DISABLED))
    return std::nullopt;
  Entry entry{query.id, {}};
  CameraControl& control = entry.control;
  control.label = printable(std::string_view(query.name, sizeof query.name));
  control.name = control_name(control.label);
  control.kind = *kind;
  control.min = query.minimum;
  control.max = query.maximum;
  control.step = static_cast<std::int64_t>(query.step);
  control.default_value = query.default_value;
  control.read_only = query.flags & V4L2_CTRL_FLAG_READ_ONLY;
  control.inactive = query.flags & (V4L2_CTRL_FLAG_INACTIVE | V4L2_CTRL_FLAG_GRABBED);
  if (*kind == ControlKind::kMenu) control.items = list_items(fd, query);
  control.value = read_value(fd, query.id).value_or(query.default_value);
  return entry;
}

std::vector<Entry> list_entries(int fd) {
  std::vector<Entry> entries;
  v4l2_query_ext_ctrl query{};
  for (int i = 0; i < kMaxControls; ++i) {
    query.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
    if (xioctl(fd, VIDIOC_QUERY_EXT_CTRL, &query) != 0) break;
    if (auto entry = to_entry(fd, query)) entries.push_back(std::move(*entry));
  }
  return entries;
}

std::vector<CameraControl> controls_of(const std::vector<Entry>& entries) {
  std::vector<CameraControl> controls;
  controls.reserve(entries.size());
  for (const Entry& entry : entries) controls.push_back(entry.control);
  return controls;
}

Result<V4l2Device> open_for_controls(const std::string& source) {
  if (source.starts_with("/")) return V4l2Device::open(source);
  if (source != "auto") return fail(Errc::kUnsupported, "the source \"" + source + "\" has no controls");
  for (const std::string& path : list_video_nodes()) {
    auto device = V4l2Device::open_node(path);
    if (device && device->standalone()) return device;  // as "auto" chooses its camera
  }
  return fail(Errc::kNotFound, "there is no camera that could be opened: " + describe_cameras());
}

}  // namespace

std::vector<CameraControl> list_controls(int fd) { return controls_of(list_entries(fd)); }

Result<void> set_control(int fd, std::string_view name, std::string_view value) {
  const std::vector<Entry> entries = list_entries(fd);
  const std::string wanted = control_name(name);
  const auto found = std::ranges::find_if(entries, [&](const Entry& e) { return e.control.name == wanted; });
  if (found == entries.end()) return fail(unknown_control(controls_of(entries), name));
  const CameraControl& control = found->control;
  if (control.read_only) return fail(Errc::kUnavailable, control.name + " can only be read");
  const auto number = parse_control_value(control, value);
  if (!number) return fail(number.error());
  v4l2_control argument{found->id, static_cast<__s32>(*number)};
  if (xioctl(fd, VIDIOC_S_CTRL, &argument) == 0) return {};
  if (control.inactive || errno == EBUSY || errno == EACCES)
    return fail(Errc::kUnavailable, control.name + " cannot be set now: another control decides, or the stream runs");
  if (errno == ENODEV) return fail(Errc::kNotFound, "the camera is gone", errno);
  return fail(Errc::kIo, "the camera refuses " + control.name + " = " + std::string(value), errno);
}

void apply_controls(int fd, const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    const std::string_view text(setting);
    const std::string_view value = equals == std::string::npos ? std::string_view() : text.substr(equals + 1);
    if (auto set = set_control(fd, text.substr(0, equals), value); !set)
      PERCH_WARN("video", "msg=\"camera control not set\" control=%s error=%s", in_quotes(setting).c_str(),
                 in_quotes(set.error().message()).c_str());
  }
}

Result<std::vector<CameraControl>> list_camera_controls(const std::string& source) {
  const auto device = open_for_controls(source);
  if (!device) return fail(device.error());
  return list_controls(device->fd());
}

Result<void> set_camera_control(const std::string& source, std::string_view name, std::string_view value) {
  const auto device = open_for_controls(source);
  if (!device) return fail(device.error());
  return set_control(device->fd(), name, value);
}

}  // namespace perch::video
