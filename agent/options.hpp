// The command line of perchd.
#pragma once

#include <string>

#include "agent/config_sources.hpp"
#include "hal/base/result.hpp"

namespace perch::agent {

struct Options {
  enum class Action { kRun, kCheckConfig, kPrintConfig, kVersion, kHelp };
  Action action = Action::kRun;
  ConfigSources sources;  ///< the file and the flags
};

/// kInvalid with a sentence for the user on anything unknown.
[[nodiscard]] Result<Options> parse_options(int argc, char** argv);
[[nodiscard]] std::string help_text();

}  // namespace perch::agent
