// How long to wait before trying the broker again.
#pragma once

#include "hal/base/random.hpp"
#include "hal/base/time.hpp"

namespace perch::signaling {

/// Doubling delays with jitter, for ever. Pure: the caller waits. A fleet that lost its broker together comes back
/// spread out; a person who restarts a broker sees the camera within kShortCap for the first minutes.
class Backoff {
 public:
  static constexpr Duration kFirst = milliseconds(250);
  static constexpr Duration kShortCap = seconds(4);  // service target: back within 5 s of the broker
  static constexpr int kAttemptsUnderShortCap = 75;  // 75 × about 3 s: the first four minutes
  static constexpr Duration kLongCap = seconds(30);

  explicit Backoff(Random& random) : random_(random) {}
  /// The delay before the next attempt: uniform in [half, whole] of the doubling step.
  [[nodiscard]] Duration next();
  void reset() { attempts_ = 0; }
  [[nodiscard]] int attempts() const { return attempts_; }

 private:
  Random& random_;
  int attempts_ = 0;
};

}  // namespace perch::signaling
