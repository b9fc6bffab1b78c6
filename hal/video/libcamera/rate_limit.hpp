// Leaves out frames of a camera that delivers faster than it was asked to.
#pragma once

#include "hal/base/units.hpp"

namespace perch::video {

/// By capture times, so that what remains is as even as the camera's own rate allows. Pure.
class RateLimit {
 public:
  explicit RateLimit(FrameRate rate) : interval_(rate.interval()) {}
  /// Whether the frame captured at this time is one to keep. A quarter of an interval early is punctual: clocks jitter.
  [[nodiscard]] bool keeps(nanoseconds captured_at) {
    if (captured_at + interval_ / 4 < due_) return false;
    // Behind by more than an interval: a new start, not a burst to catch up.
    due_ = (captured_at > due_ + interval_ ? captured_at : due_) + interval_;
    return true;
  }

 private:
  nanoseconds interval_;
  nanoseconds due_{0};
};

}  // namespace perch::video
