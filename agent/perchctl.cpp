// perchctl: tells about a camera from the command line.
#include <cstdio>
#include <cstring>

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

int controls(int argc, char** argv) {
  std::string socket = agent::kDefaultControlSocket;
  std::vector<std::string> settings;
  bool json = false;
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json")
      json = true;
    else if (word == "--socket" && i + 1 < argc)
      socket = argv[++i];
    else if (word.starts_with("-"))
      return usage(stderr, 2);
    else
      settings.push_back(word);
  }
  return agent::run_controls(socket, settings, json);
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
  if (is(1, "controls")) return controls(argc, argv);
  if (is(1, "keys") && argc == 2) return keys();
  if (is(1, "check") && argc == 3) return check(argv[2]);
  if (const auto code = agent::run_operator({argv + 1, argv + argc})) return *code;
  return usage(stderr, 2);
}
