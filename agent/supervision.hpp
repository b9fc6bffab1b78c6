// Keeps the service manager informed and its watchdog fed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/service_notifier.hpp"
#include "agent/watchdog.hpp"
#include "hal/base/event_loop.hpp"

namespace perch::agent {

/// Thread: ctl. What may feed the watchdog is Watchdog's to say; without a watchdog nothing is asked and no timer runs.
class Supervision {
 public:
  using Report = std::function<void(const WorkDone&)>;

  /// `ask` has the net thread look, and calls the report on ctl.
  Supervision(EventLoop& loop, ServiceNotifier notifier, std::function<void(Report)> ask);

  void ready();
  void reloading();
  void stopping();
  /// One line for people, `systemctl status` shows it. Repetitions cost nothing.
  void set_status(std::string line);

  /// How often the watchdog was fed.
  [[nodiscard]] std::uint64_t feeds() const { return feeds_; }

 private:
  void on_deadline();

  const ServiceNotifier notifier_;
  const std::function<void(Report)> ask_;
  std::optional<Watchdog> watchdog_;
  std::uint64_t feeds_ = 0;
  std::string status_ = "starting";
  Timer timer_;
};

}  // namespace perch::agent
