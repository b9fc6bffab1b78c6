// When frames of a fixed rate are due: pure arithmetic on a given clock, without drift.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/time.hpp"
#include "hal/base/units.hpp"

namespace perch::video {

/// Decides which frame is due. Frame 0 is due at the start; a late caller gets the newest due frame and the ones before
/// are skipped, as a camera's driver does when nobody fetches its frames.
class FrameSchedule {
 public:
  FrameSchedule(TimePoint start, FrameRate rate) : start_(start), rate_(rate) {}
  /// When frame `number` is due; computed from the start each time, so that 30000/1001 never adds up rounding errors.
  [[nodiscard]] TimePoint due(std::uint32_t number) const;
  /// The newest frame due by `now`, each at most once.
  [[nodiscard]] std::optional<std::uint32_t> take(TimePoint now);
  /// When take() has something again.
  [[nodiscard]] TimePoint deadline() const { return due(next_); }

 private:
  TimePoint start_;
  FrameRate rate_;
  std::uint32_t next_ = 0;
};

}  // namespace perch::video
