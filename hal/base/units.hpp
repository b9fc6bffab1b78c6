// Quantities with their unit in the type.
#pragma once

#include <compare>
#include <cstdint>

#include "hal/base/time.hpp"

namespace perch {

/// Bits per second, never negative by convention.
class Bitrate {
 public:
  constexpr Bitrate() = default;
  [[nodiscard]] static constexpr Bitrate bps(std::int64_t v) { return Bitrate(v); }
  [[nodiscard]] static constexpr Bitrate kbps(std::int64_t v) { return Bitrate(v * 1000); }
  [[nodiscard]] constexpr std::int64_t bps() const { return bps_; }
  [[nodiscard]] constexpr std::int64_t kbps() const { return bps_ / 1000; }
  /// Time that `bytes` take on the wire at this rate; the rate must not be zero.
  [[nodiscard]] constexpr Duration time_for(std::int64_t bytes) const {
    return nanoseconds(bytes * 8 * 1'000'000'000 / bps_);
  }
  constexpr auto operator<=>(const Bitrate&) const = default;

 private:
  constexpr explicit Bitrate(std::int64_t v) : bps_(v) {}
  std::int64_t bps_ = 0;
};

/// Frames per second as a fraction, because cameras say 30000/1001.
struct FrameRate {
  std::uint32_t numerator = 30;
  std::uint32_t denominator = 1;
  [[nodiscard]] constexpr double per_second() const { return static_cast<double>(numerator) / denominator; }
  [[nodiscard]] constexpr Duration interval() const { return nanoseconds(1'000'000'000LL * denominator / numerator); }
  constexpr bool operator==(const FrameRate&) const = default;
};

/// Picture size [pixels].
struct Size {
  int width = 0;
  int height = 0;
  constexpr bool operator==(const Size&) const = default;
};

}  // namespace perch
