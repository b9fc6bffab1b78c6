// perchd: reads the command line and the configuration, then runs the daemon.
#include <unistd.h>

#include <cstdio>

#include "agent/config_file.hpp"
#include "agent/daemon.hpp"
#include "agent/options.hpp"
#include "hal/base/log.hpp"

namespace {

using namespace perch;
using agent::Options;

constexpr int kExitUsage = 2;

agent::ConfigFile read_configuration(const Options& options) {
  const bool given = !options.config_path.empty();
  if (!given && ::access(agent::kDefaultConfigPath, F_OK) != 0) return {};
  return agent::load_config(given ? options.config_path : agent::kDefaultConfigPath);
}

int run_daemon(const agent::Config& config) {
  LogLevel level{};
  if (parse_log_level(config.log.level, level)) set_log_level(level);
  auto daemon = agent::Daemon::create(config);
  if (!daemon) {
    PERCH_ERROR("agent", "msg=\"cannot start\" reason=%s", in_quotes(daemon.error().message()).c_str());
    return 1;
  }
  (*daemon)->run();
  return 0;
}

int run_with_configuration(const Options& options) {
  agent::ConfigFile file = read_configuration(options);
  for (const std::string& error : file.errors) std::fprintf(stderr, "%s\n", error.c_str());
  if (!file.errors.empty()) return 1;
  if (options.action == Options::Action::kCheckConfig) return 0;
  if (options.action == Options::Action::kRun) return run_daemon(file.config);
  std::fputs(agent::print_config(std::move(file.config)).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = agent::parse_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "perchd: %s\n", options.error().message().c_str());
    return kExitUsage;
  }
  switch (options->action) {
    case Options::Action::kVersion: std::puts("perchd " PERCH_VERSION); return 0;
    case Options::Action::kHelp: std::fputs(agent::help_text().c_str(), stdout); return 0;
    default: return run_with_configuration(*options);
  }
}
