// perchctl invite, link, viewers, rights and revoke: who may watch this camera.
#pragma once

#include <string_view>

#include "agent/perchctl_words.hpp"

namespace perch::agent {

[[nodiscard]] bool is_viewer_command(std::string_view command);
/// Prints to stdout, complaints and remarks to stderr. Exit code: 0, 1 for what went wrong, 2 for wrong words.
[[nodiscard]] int run_viewer_command(const PerchctlCall& call);

}  // namespace perch::agent
