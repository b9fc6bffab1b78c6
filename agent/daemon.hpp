// Composes the daemon: configuration in, a running camera out. Knows every part, does nothing itself.
#pragma once

#include <memory>

#include "agent/config_sources.hpp"
#include "agent/service_notifier.hpp"
#include "hal/base/result.hpp"

namespace perch::agent {

class Daemon {
 public:
  /// Errors: the state folder cannot be written, a secret cannot be read. A missing camera or broker is none: both are
  /// tried again while it runs.
  /// `sources` are read again on SIGHUP; `notifier` hears how it goes; it is taken over, but stays the caller's on
  /// errors.
  [[nodiscard]] static Result<std::unique_ptr<Daemon>> create(const Config& config, ConfigSources sources,
                                                              ServiceNotifier& notifier);
  ~Daemon();
  /// Runs until SIGTERM or SIGINT, then says goodbye to everybody. Blocks; main thread.
  void run();

 private:
  class Impl;
  explicit Daemon(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perch::agent
