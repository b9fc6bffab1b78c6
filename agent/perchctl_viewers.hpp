// perchctl invite, link, viewers, rights and revoke: who may watch this camera.
#pragma once

#include <string>
#include <vector>

#include "agent/invite_link.hpp"

namespace perch::agent {

/// The words behind the command.
struct ViewerWords {
  std::string config_path;  ///< --config; empty: where perchd looks
  std::string socket;       ///< --socket; empty: what the configuration says
  std::string rights;       ///< --rights
  std::string expires;      ///< --expires
  ViewerPlaces places;      ///< --page, --broker
  bool json = false;
  std::vector<std::string> operands;
};

/// Errors: an option that is not known or has no value.
[[nodiscard]] Result<ViewerWords> parse_viewer_words(const std::vector<std::string>& words);

/// perchd's answer to `viewers` as a table for people. Errors: what perchd refused, or an answer that is none.
[[nodiscard]] Result<std::string> viewers_table(const std::string& answer);

/// What --help says about these commands, and about their options.
[[nodiscard]] const char* viewer_usage();
[[nodiscard]] const char* viewer_options();
[[nodiscard]] bool is_viewer_command(const std::string& command);
/// Prints to stdout, complaints and remarks to stderr. Exit code: 0, 1 for what went wrong, 2 for wrong words.
[[nodiscard]] int run_viewer_command(const std::string& command, const std::vector<std::string>& words);

}  // namespace perch::agent
