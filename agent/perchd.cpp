// perchd: reads the command line and the configuration, then runs the daemon.
#include <cstdio>
#include <cstdlib>

#include "agent/config_sources.hpp"
#include "agent/daemon.hpp"
#include "agent/options.hpp"
#include "agent/process_hardening.hpp"
#include "hal/base/log.hpp"

namespace {

using namespace perch;
using agent::Options;

constexpr int kExitUsage = 2;

int run_daemon(const agent::Config& config, const agent::ConfigSources& sources) {
#ifdef NDEBUG
  agent::harden_process();  // debug builds are there to be looked into
#endif
  auto daemon = agent::Daemon::create(config, sources, agent::ServiceNotifier::from_environment());
  if (!daemon) {
    PERCH_ERROR("agent", "msg=\"cannot start\" reason=%s", in_quotes(daemon.error().message()).c_str());
    return 1;
  }
  (*daemon)->run();
  return 0;
}

int run_with_configuration(Options options) {
  if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY")) options.sources.credentials_dir = folder;
  agent::ConfigFile file = agent::load_configuration(options.sources);
  for (const std::string& error : file.errors) std::fprintf(stderr, "%s\n", error.c_str());
  if (!file.errors.empty()) return 1;
  if (options.action == Options::Action::kCheckConfig) return 0;
  if (options.action == Options::Action::kRun) return run_daemon(file.config, options.sources);
  std::fputs(agent::print_config(std::move(file.config), file.origins).c_str(), stdout);
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
