// perchctl's command line: which commands and options there are, what they say of themselves, and reading one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hal/base/result.hpp"

namespace perch::agent {

/// A command line in parts.
struct PerchctlCall {
  std::string command;  ///< empty: none, which only goes with --help and --version
  std::vector<std::string> operands;
  std::map<std::string, std::string, std::less<>> options;  ///< by name without dashes; those without a value have ""

  [[nodiscard]] bool has(std::string_view option) const { return options.find(option) != options.end(); }
  /// Empty where the option is missing.
  [[nodiscard]] std::string value(std::string_view option) const {
    const auto found = options.find(option);
    return found == options.end() ? "" : found->second;
  }
};

/// `words` follow the program's name; options stand anywhere, as `--name value` or `--name=value`, and end at `--`.
/// Every command that is asked for help is good. Errors: kInvalid with all that is to be printed, in lines.
[[nodiscard]] Result<PerchctlCall> parse_perchctl(const std::vector<std::string>& words);

/// What --help says: of one command that is known, and of all.
[[nodiscard]] std::string perchctl_help(std::string_view command);
[[nodiscard]] std::string perchctl_help();
/// "usage: perchctl invite NAME [--rights RIGHTS] …" and a line end, of a command that is known.
[[nodiscard]] std::string perchctl_usage(std::string_view command);

}  // namespace perch::agent
