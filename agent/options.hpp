// The command line of perchd.
#pragma once

#include <string>

#include "hal/base/result.hpp"

namespace perch::agent {

struct Options {
  enum class Action { kRun, kCheckConfig, kPrintConfig, kVersion, kHelp };
  Action action = Action::kRun;
  std::string config_path;  ///< empty: /etc/perch/perch.toml if it is there, else the defaults
};

inline constexpr const char* kDefaultConfigPath = "/etc/perch/perch.toml";

/// kInvalid with a sentence for the user on anything unknown.
[[nodiscard]] Result<Options> parse_options(int argc, char** argv);
[[nodiscard]] std::string help_text();

}  // namespace perch::agent
