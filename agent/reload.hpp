// What a changed configuration means for a daemon that runs.
#pragma once

#include <vector>

#include "agent/config.hpp"

namespace perch::agent {

struct ReloadPlan {
  Config config;  ///< in force from now on: what runs, with the keys of `live` as wanted
  std::vector<const ConfigKey*> live;
  std::vector<const ConfigKey*> needs_restart;  ///< differ, and stay as they are
};

/// Pure.
[[nodiscard]] ReloadPlan plan_reload(const Config& running, const Config& wanted);

/// One line for each key: what is new, or that it needs a restart. Without passwords.
void log_reload(const ReloadPlan& plan);

}  // namespace perch::agent
