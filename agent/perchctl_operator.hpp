// `perchctl status|state|metrics|snapshot|privacy|drain`.
#pragma once

#include <string>

#include "agent/perchctl_words.hpp"
#include "hal/base/result.hpp"

namespace perch::agent {

/// perchd's answer to `status` for people. Pure.
[[nodiscard]] Result<std::string> status_text(const std::string& answer);

/// Asks the perchd at `socket`. Prints to stdout, mistakes to stderr; gives the exit code.
[[nodiscard]] int run_operator(const PerchctlCall& call, const std::string& socket);

}  // namespace perch::agent
