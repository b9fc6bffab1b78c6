// See sample_clock.hpp.
#include "hal/audio/sample_clock.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace perch::audio {
namespace {

// Bandwidth of the loop [Hz]. At 0.1 Hz a sudden 200 ppm bends the time by 0.15 ms at most; the first seconds are
// faster, so that one bad stamp at the start is soon forgotten.
constexpr double kBandwidth = 0.1;
constexpr double kFirstBandwidth = 1.0;
constexpr double kMaxError_s = 0.005;  // of a single stamp; beyond, it says more about the system than about the card
constexpr double kMaxDrift = 0.002;    // crystals keep 100 ppm; 2,000 are something else
constexpr int kStampsUntilLost = 10;

double seconds_of(Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace

void SampleClock::begin(std::int64_t position, TimePoint at) {
  origin_ = at;
  origin_position_ = position_ = position;
  time_s_ = 0;
  far_off_ = 0;
}

bool SampleClock::on_stamp(std::int64_t position, TimePoint at) {
  if (!origin_) {
    begin(position, at);
    return true;
  }
  const double elapsed_s = static_cast<double>(position - position_) * nominal_period_s_;
  const double predicted_s = time_s_ + static_cast<double>(position - position_) * period_s_;
  const double error_s = seconds_of(at - *origin_) - predicted_s;
  far_off_ = std::abs(error_s) > seconds_of(kLost) ? far_off_ + 1 : 0;
  if (far_off_ >= kStampsUntilLost) {
    begin(position, at);
    return false;
  }
  position_ = position;
  time_s_ = predicted_s;
  correct(std::clamp(error_s, -kMaxError_s, kMaxError_s), elapsed_s);
  return true;
}

// A critically damped loop as in F. Adriaensen, "Using a DLL to filter time" (LAC 2005), for intervals that vary.
void SampleClock::correct(double error_s, double elapsed_s) {
  const double bandwidth = std::max(kBandwidth, kFirstBandwidth / (1 + time_s_));
  const double omega = 2 * std::numbers::pi * bandwidth;
  time_s_ += std::min(1.0, std::numbers::sqrt2 * omega * elapsed_s) * error_s;
  // The rate follows slowly from the start: the first stamps say little about it.
  const double slow = 2 * std::numbers::pi * kBandwidth;
  const double drift = period_s_ / nominal_period_s_ - 1 + slow * slow * elapsed_s * error_s;
  period_s_ = nominal_period_s_ * (1 + std::clamp(drift, -kMaxDrift, kMaxDrift));
}

TimePoint SampleClock::time_of(double position) const {
  const double s = time_s_ + (position - static_cast<double>(position_)) * period_s_;
  return origin_.value_or(TimePoint{}) + nanoseconds(std::llround(s * 1e9));
}

}  // namespace perch::audio
