// perchctl: tells about a camera from the command line.
#include <cstdio>
#include <cstring>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "agent/config_sources.hpp"
#include "agent/perchctl_controls.hpp"
#include "agent/perchctl_operator.hpp"
#include "agent/perchctl_viewers.hpp"

namespace {

using namespace perch;

int usage(std::FILE* out, int code) {
  std::fputs("perchctl: looks after a Perch camera\n\n", out);
  std::fputs(agent::kOperatorHelp, out);
  std::fputs(agent::viewer_usage(), out);
  std::fputs(
      "  perchctl controls [--json]     what can be set on the camera: brightness, focus, ...\n"
      "  perchctl controls NAME=VALUE   set it, now and at each opening until perchd ends\n"
      "  perchctl keys                  every configuration key with its default and meaning\n"
      "  perchctl check FILE            report every mistake in a configuration file\n"
      "  perchctl --version | --help\n\n"
      "  --socket PATH    of the perchd to speak to; default: /run/perch/control.sock\n"
      "  --json           for programs\n",
      out);
  std::fputs(agent::viewer_options(), out);
  return code;
}

int check(const char* path) {
  const agent::ConfigFile file = agent::load_configuration({.file = path, .credentials_dir = {}, .flags = {}});
  for (const std::string& error : file.errors) std::fprintf(stderr, "%s\n", error.c_str());
  return file.errors.empty() ? 0 : 1;
}

int controls(const std::vector<std::string>& words) {
  std::string socket = agent::kDefaultControlSocket;
  std::vector<std::string> settings;
  bool json = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "--json")
      json = true;
    else if (words[i] == "--socket" && i + 1 < words.size())
      socket = words[++i];
    else if (words[i].starts_with("-"))
      return usage(stderr, 2);
    else
      settings.push_back(words[i]);
  }
  return agent::run_controls(socket, settings, json);
}

/// Commands that only speak to perchd take its configuration, too: of that, where it listens. False: it has mistakes.
bool find_socket(std::vector<std::string>& words) {
  const auto option = std::find(words.begin(), words.end(), "--config");
  if (option == words.end() || std::next(option) == words.end()) return true;
  const agent::ConfigFile file =
      agent::load_configuration({.file = *std::next(option), .credentials_dir = {}, .flags = {}});
  for (const std::string& error : file.errors) std::fprintf(stderr, "perchctl: %s\n", error.c_str());
  *option = "--socket";
  *std::next(option) = file.config.control.socket;
  return file.errors.empty();
}

int keys() {
  std::fputs(agent::key_table().c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto is = [&](int i, const char* word) { return argc > i && std::strcmp(argv[i], word) == 0; };
  if (is(1, "--version")) {
    std::puts("perchctl " PERCH_VERSION);
    return 0;
  }
  if (is(1, "--help")) return usage(stdout, 0);
  if (argc > 1 && agent::is_viewer_command(argv[1])) return agent::run_viewer_command(argv[1], {argv + 2, argv + argc});
  if (is(1, "keys") && argc == 2) return keys();
  if (is(1, "check") && argc == 3) return check(argv[2]);
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!find_socket(words)) return 1;
  if (is(1, "controls")) return controls(words);
  if (const auto code = agent::run_operator(words)) return *code;
  return usage(stderr, 2);
}
