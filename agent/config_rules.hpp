// What no single key can tell: keys that need or exclude one another, and files that must be there.
#pragma once

#include <string>
#include <vector>

#include "agent/config.hpp"

namespace perch::agent {

/// One line for each broken rule, with the place of the key it is about. Reads the files that keys name; secrets are
/// never in the words.
[[nodiscard]] std::vector<std::string> broken_rules(const Config& config, const ConfigOrigins& origins);

}  // namespace perch::agent
