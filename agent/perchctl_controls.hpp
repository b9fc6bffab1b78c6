// `perchctl controls`: the camera's controls as a table, and setting them.
#pragma once

#include <string>
#include <vector>

#include "hal/base/result.hpp"

namespace perch::agent {

/// perchd's answer to `controls` as a table for people: name, value, range or items, default. Pure.
[[nodiscard]] Result<std::string> controls_table(const std::string& answer);

/// `settings` are NAME=VALUE; without any the controls are listed, as a table or (`json`) as perchd says them. Prints
/// to stdout, mistakes to stderr; gives the exit code.
[[nodiscard]] int run_controls(const std::string& socket_path, const std::vector<std::string>& settings, bool json);

}  // namespace perch::agent
