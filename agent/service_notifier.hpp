// What systemd, or whoever started us as it does, is told: ready, busy reloading, stopping, still at work.
// sd_notify(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hal/base/time.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::agent {

/// One datagram per word to the socket in $NOTIFY_SOCKET; silent where there is none. Never blocks, any thread.
class ServiceNotifier {
 public:
  /// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that programs we start do not speak
  /// in our name. Before other threads exist.
  [[nodiscard]] static ServiceNotifier from_environment();

  ServiceNotifier() = default;

  /// We can be spoken to. `status` is one line for people, as in all of these.
  void ready(std::string_view status) const;
  /// Ends with ready(). `now` is on the monotonic clock, as sd_notify(3) asks.
  void reloading(TimePoint now) const;
  void stopping() const;
  void status(std::string_view line) const;
  void feed_watchdog() const;
  [[nodiscard]] bool supervised() const { return static_cast<bool>(socket_); }

  /// How long we may be silent before we are ended and started again; nothing where nobody watches.
  [[nodiscard]] std::optional<Duration> watchdog_limit() const { return watchdog_limit_; }

 private:
  void send(std::string_view text) const;

  UniqueFd socket_;  ///< connected, or none
  std::optional<Duration> watchdog_limit_;
};

}  // namespace perch::agent
