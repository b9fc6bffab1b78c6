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
};

/// `name` is how the file is called in messages. Unknown keys and sections are errors with a suggestion.
[[nodiscard]] ConfigFile parse_config(std::string_view text, std::string_view name);

/// Reads the file first; a file that cannot be read is one error.
[[nodiscard]] ConfigFile load_config(const std::string& path);

/// The secret in a file, without its final line end. Refused when others could read it.
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path);

}  // namespace perch::agent
