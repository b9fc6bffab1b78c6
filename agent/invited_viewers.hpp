// Keeps the registry as the folder of invitations and the clock have it, while the daemon runs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/folder_watch.hpp"
#include "agent/viewer_registry.hpp"
#include "agent/wall_alarm.hpp"

namespace perch::agent {

/// Thread: the loop's. Reads the folder when made, when something in it or in its place changes, and on reload(), which
/// perchctl asks for. When memory runs out on the way (which callers of reload() hear as std::bad_alloc), what there
/// was counts a little longer: it reloads by itself until that is done.
class InvitedViewers {
 public:
  struct Callbacks {
    ViewerRegistry::Ending ending;     ///< see there; not called while constructing
    std::function<void()> on_changed;  ///< after any change; not called while constructing
  };
  InvitedViewers(EventLoop& loop, std::string folder, Callbacks callbacks);

  void reload();
  [[nodiscard]] const ViewerRegistry& registry() const { return registry_; }
  /// Of the files left out: one sentence each.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  template <class F>
  void do_or_reload_later(F work);
  void read_folder();
  void on_clock();

  const std::string folder_;
  const Callbacks callbacks_;
  ViewerRegistry registry_;
  std::vector<std::string> problems_;
  WallAlarm alarm_;
  Timer reload_later_;
  FolderWatch watch_;
};

}  // namespace perch::agent
