// An alarm on the wall clock: for dates, which a monotonic timer cannot keep when the clock is set.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "hal/base/event_loop.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::agent {

/// Fires at a date, and whenever the clock is set to another time meanwhile: ask for the time then. One loop's thread.
class WallAlarm {
 public:
  WallAlarm(EventLoop& loop, std::function<void()> on_fire);
  /// Nothing disarms.
  void set(std::optional<std::chrono::sys_seconds> at);

 private:
  void on_readable();

  const UniqueFd fd_;
  const std::function<void()> on_fire_;
  IoWatch watch_;
};

}  // namespace perch::agent
