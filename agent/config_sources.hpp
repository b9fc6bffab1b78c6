// Where the configuration comes from: a file, the folder beside it, the service's credentials, the command line.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/config_file.hpp"

namespace perch::agent {

struct ConfigSources {
  std::string file;             ///< empty: kDefaultConfigPath, which may be missing
  std::string credentials_dir;  ///< empty: none
  /// "video.width" and its value as on the command line.
  std::vector<std::pair<std::string, std::string>> flags;
};

inline constexpr const char* kDefaultConfigPath = "/etc/perch/perch.toml";

/// Later ones win: the file; `conf.d/*.toml` beside it in the order of their names; credentials, for keys that name a
/// secret's file; flags. All mistakes of all of them, then what does not go together (config_rules.hpp).
[[nodiscard]] ConfigFile load_configuration(const ConfigSources& sources);

}  // namespace perch::agent
