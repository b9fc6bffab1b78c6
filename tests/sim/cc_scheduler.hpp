// Events in virtual time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "hal/base/time.hpp"

namespace perch::sim {

/// Runs actions in the order of their time; equal times in the order in which they were planned.
class Scheduler {
 public:
  using Action = std::function<void(TimePoint now)>;

  void at(TimePoint when, Action action) {
    events_.push_back({when, planned_++, std::move(action)});
    std::push_heap(events_.begin(), events_.end());
  }
  /// Until nothing is left before `end`.
  void run_until(TimePoint end) {
    while (!events_.empty() && events_.front().when < end) {
      std::pop_heap(events_.begin(), events_.end());
      const Event event = std::move(events_.back());
      events_.pop_back();
      event.action(event.when);
    }
  }

 private:
  struct Event {
    TimePoint when;
    std::uint64_t order = 0;
    Action action;
    bool operator<(const Event& other) const {
      return std::pair(when, order) > std::pair(other.when, other.order);  // a heap has the largest in front
    }
  };
  std::vector<Event> events_;  // a heap
  std::uint64_t planned_ = 0;
};

}  // namespace perch::sim
