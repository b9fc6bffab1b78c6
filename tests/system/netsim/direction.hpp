// One direction at work: packets read from one device, held until the link says that they arrive, written to the other.
#pragma once

#include <deque>
#include <vector>

#include "hal/base/bytes.hpp"
#include "tests/system/netsim/link.hpp"

namespace perch::netsim {

/// Borrows both descriptors. One thread.
class Direction {
 public:
  Direction(int from_fd, int to_fd, Link link) : from_fd_(from_fd), to_fd_(to_fd), link_(std::move(link)) {}

  void start(TimePoint now) { link_.start(now); }
  /// Takes what the first device has for us, at most one batch: the rest is reported again.
  void take();
  /// Hands over what has arrived by `now`.
  void deliver(TimePoint now);
  /// When the next packet arrives; kNever when none is under way.
  [[nodiscard]] TimePoint deadline() const { return held_.empty() ? kNever : held_.front().due; }
  [[nodiscard]] int from_fd() const { return from_fd_; }
  /// One JSON object; times in milliseconds.
  [[nodiscard]] std::string json() const;

 private:
  struct Held {
    TimePoint due;
    Bytes packet;
  };

  int from_fd_;
  int to_fd_;
  Link link_;
  std::deque<Held> held_;
  std::int64_t refused_ = 0;  // by the second device [packets]
  std::int64_t delivered_ = 0;
  Duration total_lateness_{}, worst_lateness_{};  // of our own, after `due`
};

}  // namespace perch::netsim
