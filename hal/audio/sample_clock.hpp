// When a sample was heard: a card's own clock, watched through jittery stamps.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/time.hpp"

namespace perch::audio {

/// Follows a card's clock with a second-order loop: single stamps, which are milliseconds off on USB cards, hardly move
/// it, while a rate that is off by hundreds of ppm is learnt within seconds and followed without lag. Pure.
class SampleClock {
 public:
  explicit SampleClock(int nominal_rate) : nominal_period_s_(1.0 / nominal_rate), period_s_(nominal_period_s_) {}

  /// `position`: frames the card had captured at the instant `at`, by its own count. Positions do not go back.
  /// False: the stamps have been off by more than kLost for so long that samples must be missing; the clock then
  /// begins anew with this one.
  bool on_stamp(std::int64_t position, TimePoint at);
  /// When the sample at `position` began. Before the first stamp it means nothing.
  [[nodiscard]] TimePoint time_of(double position) const;
  /// Forgets the time but not the rate: the next stamp is taken as it is.
  void restart() { origin_.reset(); }
  /// By how much the card runs faster than its nominal rate [ppm].
  [[nodiscard]] double drift_ppm() const { return (nominal_period_s_ / period_s_ - 1) * 1e6; }

  static constexpr Duration kLost = milliseconds(20);

 private:
  void begin(std::int64_t position, TimePoint at);
  void correct(double error_s, double elapsed_s);

  const double nominal_period_s_;
  double period_s_;
  std::optional<TimePoint> origin_;  // the first stamp; the rest is relative to it, for precision
  std::int64_t origin_position_ = 0;
  std::int64_t position_ = 0;
  double time_s_ = 0;  // of position_
  int far_off_ = 0;    // stamps in a row
};

}  // namespace perch::audio
