// Finds beeps in sound: when each began and how high it is.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>

#include "hal/base/time.hpp"

namespace perch::audio {

struct Beep {
  TimePoint began_at;
  double hertz = 0;
};

/// Mono sound at 48 kHz, block by block. A beep is what is loud after at least 200 ms of quiet; its height comes from
/// the 15 ms after that (browsers' fake microphones beep for 20 ms only).
class BeepDetector {
 public:
  /// Calls `found(Beep)`. `at` is the time of the first sample.
  template <class Found>
  void hear(TimePoint at, std::span<const std::int16_t> samples, Found found) {
    for (const std::int16_t value : samples) {
      if (auto beep = hear_one(at, value)) found(*beep);
      at += kSample;
      last_ = value;
    }
  }

 private:
  static constexpr int kThreshold = 1000;  // of 32767
  static constexpr Duration kQuiet = milliseconds(200);
  static constexpr Duration kLook = milliseconds(15);
  static constexpr Duration kSample = nanoseconds(1'000'000'000 / 48'000);

  std::optional<Beep> hear_one(TimePoint now, std::int16_t value) {
    const bool loud = std::abs(value) > kThreshold;
    if (loud && !began_at_ && (!loud_at_ || now - *loud_at_ > kQuiet)) {
      began_at_ = now;
      rises_ = 0;
    }
    if (loud) loud_at_ = now;
    if (!began_at_) return std::nullopt;
    if (last_ < 0 && value >= 0) {
      if (rises_++ == 0) first_rise_ = now;
      last_rise_ = now;
    }
    if (now - *began_at_ < kLook) return std::nullopt;
    const double span_s = std::chrono::duration<double>(last_rise_ - first_rise_).count();
    const Beep beep{*began_at_, rises_ > 1 ? (rises_ - 1) / span_s : 0};
    began_at_.reset();
    return beep;
  }

  std::optional<TimePoint> loud_at_;
  std::optional<TimePoint> began_at_;
  TimePoint first_rise_{}, last_rise_{};
  int rises_ = 0;
  std::int16_t last_ = 0;
};

}  // namespace perch::audio
