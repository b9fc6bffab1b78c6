// Events in virtual time.
#pragma once

#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "hal/base/time.hpp"

namespace perch::sim {

/// Runs actions in the order of their time; equal times in the order in which they were planned.
class Scheduler {
 public:
  using Action = std::function<void(TimePoint now)>;

  void at(TimePoint when, Action action) { events_.push({when, planned_++, std::move(action)}); }
  /// Until nothing is left before `end`.
  void run_until(TimePoint end) {
    while (!events_.empty() && events_.top().when < end) {
      const Event event = events_.top();
      events_.pop();
      event.action(event.when);
    }
  }

 private:
  struct Event {
    TimePoint when;
    std::uint64_t order = 0;
    Action action;
    bool operator<(const Event& other) const {
      return std::pair(when, order) > std::pair(other.when, other.order);  // the queue gives the largest
    }
  };
  std::priority_queue<Event> events_;
  std::uint64_t planned_ = 0;
};

}  // namespace perch::sim
