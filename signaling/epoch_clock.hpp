// The camera's epochs: random words that date messages, drawn anew every ten minutes.
#pragma once

#include <string>

#include "hal/base/random.hpp"
#include "hal/base/time.hpp"
#include "signaling/access_policy.hpp"

namespace perch::signaling {

/// Thread: ctl. `random` must outlive it.
class EpochClock {
 public:
  static constexpr Duration kLifetime = seconds(600);

  EpochClock(TimePoint now, Random& random) : random_(random) { draw(now); }

  [[nodiscard]] TimePoint deadline() const { return drawn_at_ + kLifetime; }
  /// True when a new epoch began.
  [[nodiscard]] bool on_deadline(TimePoint now);
  [[nodiscard]] Epochs epochs() const { return {current_, previous_}; }

 private:
  void draw(TimePoint now);

  Random& random_;
  std::string current_;
  std::string previous_;
  TimePoint drawn_at_{};
};

}  // namespace perch::signaling
