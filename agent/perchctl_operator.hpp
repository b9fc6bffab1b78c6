// `perchctl status|state|metrics|snapshot|privacy|drain`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/base/result.hpp"

namespace perch::agent {

/// perchd's answer to `status` for people. Pure.
[[nodiscard]] Result<std::string> status_text(const std::string& answer);

/// `words` follow the program's name. Prints to stdout, mistakes to stderr; gives the exit code, or nothing when the
/// first word is none of these commands.
[[nodiscard]] std::optional<int> run_operator(const std::vector<std::string>& words);

/// Their part of --help.
extern const char kOperatorHelp[];

}  // namespace perch::agent
