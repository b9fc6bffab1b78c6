// Reads a TOML configuration and reports every mistake in it at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config.hpp"

namespace perch::agent {

struct ConfigFile {
  Config config;
  /// "perch.toml:3:9: [video] width must be …", in the order of the file; empty when all is well.
  std::vector<std::string> errors;
  ConfigOrigins origins;
};

/// `name` is how the file is called in messages. Unknown keys and sections are errors with a suggestion.
[[nodiscard]] ConfigFile parse_config(std::string_view text, std::string_view name);

/// Reads another file over what is there: its keys replace those before, lists as a whole.
void merge_config(std::string_view text, std::string_view name, ConfigFile& into);

/// The same from a file; one that cannot be read is one error.
void merge_config_file(const std::string& path, ConfigFile& into);

/// Reads the file first; a file that cannot be read is one error.
[[nodiscard]] ConfigFile load_config(const std::string& path);

/// The secret in a file, without its final line end. Refused when others could read it. Among the service's credentials
/// ($CREDENTIALS_DIRECTORY) the group's bits do not count: where systemd grants access by ACL they show its mask.
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path);

}  // namespace perch::agent
