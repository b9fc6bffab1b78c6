// How long to wait before trying again: longer each time, up to a limit.
#pragma once

#include <algorithm>

#include "hal/base/time.hpp"

namespace perch::codec {

class RetryBackoff {
 public:
  RetryBackoff(Duration first, Duration max) : first_(first), max_(max), next_(first) {}
  /// The wait that is due now; the following one is twice as long, at most `max`.
  [[nodiscard]] Duration next() {
    const Duration due = next_;
    next_ = std::min(2 * next_, max_);
    return due;
  }
  /// It worked: begin with `first` again.
  void reset() { next_ = first_; }

 private:
  Duration first_;
  Duration max_;
  Duration next_;
};

}  // namespace perch::codec
