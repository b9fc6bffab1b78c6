#include "agent/service_notifier.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

/// Reads and removes a variable of the environment.
std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string taken = value == nullptr ? "" : value;
  ::unsetenv(name);
  return taken;
}

/// `/run/…` or, with an @ in front, a name in the abstract namespace (unix(7)).
UniqueFd connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) return {};
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return {};
  return fd;
}

/// Only where the variable speaks of this very process (sd_watchdog_enabled(3)).
std::optional<Duration> limit_from(const std::string& microseconds, const std::string& pid) {
  constexpr std::uint64_t kLongest = std::uint64_t{1} << 40;  // [µs] twelve days
  const auto limit = parse_decimal(microseconds, kLongest);
  if (!limit || *limit == 0) return std::nullopt;
  if (!pid.empty() && pid != std::to_string(::getpid())) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::microseconds(*limit));
}

}  // namespace

ServiceNotifier ServiceNotifier::from_environment() {
  ServiceNotifier notifier;
  notifier.socket_ = connect_to(take("NOTIFY_SOCKET"));
  const std::string limit = take("WATCHDOG_USEC");
  const std::string pid = take("WATCHDOG_PID");
  if (notifier.socket_) notifier.watchdog_limit_ = limit_from(limit, pid);
  return notifier;
}

void ServiceNotifier::send(std::string_view text) const {
  // A supervisor that does not read is its own trouble: it will restart us, which is what watchdogs are for.
  if (socket_) (void)::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void ServiceNotifier::ready(std::string_view status) const { send("READY=1\nSTATUS=" + std::string(status)); }

void ServiceNotifier::reloading(TimePoint now) const {
  const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since_boot.count()));
}

void ServiceNotifier::stopping() const { send("STOPPING=1\nSTATUS=saying goodbye"); }

void ServiceNotifier::status(std::string_view line) const { send("STATUS=" + std::string(line)); }

void ServiceNotifier::feed_watchdog() const { send("WATCHDOG=1"); }

}  // namespace perch::agent
