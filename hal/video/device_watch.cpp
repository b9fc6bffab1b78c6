// See device_watch.hpp. API: inotify(7).
#include "hal/video/device_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

namespace perch::video {

std::optional<DeviceWatch> DeviceWatch::create(const std::string& folder) {
  UniqueFd fd(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  // udev changes owner and mode after the kernel made the node: without that we may not open it.
  if (!fd || inotify_add_watch(fd.get(), folder.c_str(), IN_CREATE | IN_MOVED_TO | IN_ATTRIB) < 0) return std::nullopt;
  return DeviceWatch(std::move(fd));
}

bool DeviceWatch::take_changes() {
  bool changed = false;
  std::array<char, 4096> events{};
  ssize_t size = 0;
  while ((size = read(fd_.get(), events.data(), events.size())) > 0) {
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, events.data() + at, sizeof event);
      const std::string_view name(events.data() + at + sizeof event, event.len);
      changed = changed || name.starts_with("video") || name.starts_with("media");
      at += sizeof event + event.len;
    }
  }
  return changed;
}

}  // namespace perch::video
