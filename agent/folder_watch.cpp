// See folder_watch.hpp.
#include "agent/folder_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <utility>

namespace perch::agent {
namespace {

constexpr unsigned kItself = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
/// Not IN_CREATE: what is still being written is read when it is complete.
constexpr unsigned kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | kItself;
constexpr unsigned kComesOrGoes = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | kItself;

std::string without_end(const std::string& folder) {
  const std::filesystem::path path = std::filesystem::path(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

}  // namespace

FolderWatch::FolderWatch(EventLoop& loop, const std::string& folder, std::function<void()> on_change)
    : folder_(without_end(folder)),
      on_change_(std::move(on_change)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (!inotify_) return;
  ready_ = std::make_unique<IoWatch>(loop, inotify_.get(), [this](unsigned) { on_events(); });
  renew();
}

void FolderWatch::renew() {
  if (!inotify_) return;
  // Once more until nothing came between looking for the nearest folder and watching it. The place goes first: what is
  // made after that is noticed there.
  for (int before = -2; before != place_watch_;) {
    before = place_watch_;
    watch_place();
  }
  replace(folder_watch_, ::inotify_add_watch(inotify_.get(), folder_.c_str(), kChanges));
}

void FolderWatch::watch_place() {
  int watch = -1;
  std::filesystem::path below = folder_;
  while (watch < 0 && below.has_relative_path()) {
    const std::filesystem::path above = below.has_parent_path() ? below.parent_path() : ".";
    watch = ::inotify_add_watch(inotify_.get(), above.c_str(), kComesOrGoes);
    name_in_place_ = below.filename();
    if (above == ".") break;
    below = above;
  }
  replace(place_watch_, watch);
}

void FolderWatch::replace(int& watch, int next) const {
  const int before = std::exchange(watch, next);
  if (before >= 0 && before != next) ::inotify_rm_watch(inotify_.get(), before);
}

void FolderWatch::on_events() {
  bool ours = false;
  alignas(inotify_event) std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (ssize_t size = 0; (size = ::read(inotify_.get(), buffer.data(), buffer.size())) > 0;) {
    inotify_event event{};
    for (std::size_t at = 0; at + sizeof event <= static_cast<std::size_t>(size); at += sizeof event + event.len) {
      std::memcpy(&event, buffer.data() + at, sizeof event);
      ours |= concerns_us(event.wd, event.len > 0 ? buffer.data() + at + sizeof event : "");
    }
  }
  if (ours) on_change_();
}

bool FolderWatch::concerns_us(int wd, std::string_view name) const {
  if (wd < 0 || wd == folder_watch_) return true;  // below zero: events were lost
  return wd == place_watch_ && (name.empty() || name == name_in_place_);
}

}  // namespace perch::agent
