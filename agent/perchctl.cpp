// perchctl: tells about a camera from the command line.
#include <cstdio>
#include <cstring>

#include "agent/config_file.hpp"

namespace {

using namespace perch;

int usage(std::FILE* out, int code) {
  std::fputs(
      "perchctl: looks after a Perch camera\n\n"
      "  perchctl keys            every configuration key with its default and meaning\n"
      "  perchctl check FILE      report every mistake in a configuration file\n"
      "  perchctl --version | --help\n",
      out);
  return code;
}

int check(const char* path) {
  const agent::ConfigFile file = agent::load_config(path);
  for (const std::string& error : file.errors) std::fprintf(stderr, "%s\n", error.c_str());
  return file.errors.empty() ? 0 : 1;
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
  if (is(1, "keys") && argc == 2) return keys();
  if (is(1, "check") && argc == 3) return check(argv[2]);
  return usage(stderr, 2);
}
