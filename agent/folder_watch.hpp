// Tells when something in a folder changes, or what stands at its path.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hal/base/event_loop.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::agent {

/// inotify(7) knows inodes, we mean a path: another folder may be renamed to it, a link there may lead elsewhere, it
/// may not exist yet. So the place is watched as well: the nearest folder above it that exists, for the next name on
/// the way. What happens further above is not noticed. Thread: the loop's.
class FolderWatch {
 public:
  /// Whoever hears of a change calls renew(), which may run out of memory, before looking into the folder.
  FolderWatch(EventLoop& loop, const std::string& folder, std::function<void()> on_change);

  /// Looks again at what stands at the path.
  void renew();

 private:
  void on_events();
  [[nodiscard]] bool concerns_us(int wd, std::string_view name) const;
  void watch_place();
  void replace(int& watch, int next) const;

  const std::string folder_;
  const std::function<void()> on_change_;
  UniqueFd inotify_;
  int folder_watch_ = -1;
  int place_watch_ = -1;
  std::string name_in_place_;
  std::unique_ptr<IoWatch> ready_;
};

}  // namespace perch::agent
