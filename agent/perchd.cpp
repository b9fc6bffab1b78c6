// perchd: reads the command line and the configuration, then runs the daemon.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "agent/config_sources.hpp"
#include "agent/daemon.hpp"
#include "agent/options.hpp"
#include "agent/process_hardening.hpp"
#include "agent/process_memory.hpp"
#include "hal/base/log.hpp"

namespace {

using namespace perch;
using agent::Options;

constexpr int kExitUsage = 2;

/// Who restarts us at once after a crash would do the same for ever when nothing lets us start: on a small board that
/// is all it does then, and fills its journal. `why` stands in `systemctl status` meanwhile.
int cannot_start(const agent::ServiceNotifier& notifier, const std::string& why) {
  constexpr std::chrono::seconds kPause{2};
  notifier.status("cannot start: " + why);
  if (notifier.supervised()) std::this_thread::sleep_for(kPause);  // SIGTERM ends it
  return 1;
}

int run_daemon(const agent::Config& config, const agent::ConfigSources& sources, agent::ServiceNotifier notifier) {
#ifdef NDEBUG
  agent::harden_process();  // debug builds are there to be looked into
#endif
  agent::use_one_heap();
  agent::use_no_huge_pages();
  auto daemon = agent::Daemon::create(config, sources, notifier);
  if (!daemon) {
    PERCH_ERROR("agent", "msg=\"cannot start\" reason=%s", in_quotes(daemon.error().message()).c_str());
    return cannot_start(notifier, daemon.error().message());
  }
  (*daemon)->run();
  return 0;
}

int run_with_configuration(Options options) {
  if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY")) options.sources.credentials_dir = folder;
  agent::ConfigFile file = agent::load_configuration(options.sources);
  for (const std::string& error : file.errors) std::fprintf(stderr, "%s\n", error.c_str());
  if (options.action == Options::Action::kCheckConfig) return file.errors.empty() ? 0 : 1;
  if (options.action == Options::Action::kRun) {
    auto notifier = agent::ServiceNotifier::from_environment();
    if (!file.errors.empty()) return cannot_start(notifier, file.errors.front());
    return run_daemon(file.config, options.sources, std::move(notifier));
  }
  if (!file.errors.empty()) return 1;
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
