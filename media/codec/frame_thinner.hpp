// Leaves out pictures so that a given frame rate remains.
#pragma once

#include <optional>

#include "hal/base/time.hpp"

namespace perch::codec {

/// Pictures that come half an interval before their turn are taken, so that every second of 30 per second makes 15
/// whatever the stamps' jitter; a slow camera's are all taken. Single thread.
class FrameThinner {
 public:
  /// [1/s] 0: all.
  void set_rate(double fps) {
    interval_ = fps > 0 ? std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / fps)) : Duration{};
  }
  /// Is the picture of that time to be encoded?
  [[nodiscard]] bool admits(TimePoint captured_at, Duration source_interval) {
    if (interval_ <= source_interval) return true;
    // Far from the turn that is due, before or after, the stream has begun anew.
    const bool in_step = due_ && captured_at - *due_ < interval_ && *due_ - captured_at < 2 * interval_;
    if (in_step && captured_at + source_interval / 2 < *due_) return false;
    due_ = (in_step ? *due_ : captured_at) + interval_;
    return true;
  }

 private:
  Duration interval_{};
  std::optional<TimePoint> due_;  // of the next picture
};

}  // namespace perch::codec
