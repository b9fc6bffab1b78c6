// How many bits per second a link carries, and when that changes.
#pragma once

#include <cstdint>
#include <vector>

#include "hal/base/units.hpp"

namespace perch::netsim {

/// Piecewise constant; the first phase also holds before its own beginning. Without any phase: no limit. Pure.
class CapacitySchedule {
 public:
  struct Phase {
    Duration from{};  ///< since the emulation's zero time
    Bitrate rate;     ///< over 0
    bool operator==(const Phase&) const = default;
  };

  CapacitySchedule() = default;
  /// `phases` in rising order of `from`.
  explicit CapacitySchedule(std::vector<Phase> phases) : phases_(std::move(phases)) {}

  [[nodiscard]] bool unlimited() const { return phases_.empty(); }
  [[nodiscard]] const std::vector<Phase>& phases() const { return phases_; }
  /// In force at `t`; there must be a phase.
  [[nodiscard]] Bitrate rate_at(Duration t) const { return phases_[phase_at(t)].rate; }
  /// When `bytes` whose transmission begins at `start` have left; `start` itself where there is no limit.
  [[nodiscard]] Duration finish(Duration start, std::int64_t bytes) const;
  /// What leaves between two times [bytes]; 0 where there is no limit.
  [[nodiscard]] double bytes_between(Duration from, Duration to) const;

 private:
  [[nodiscard]] std::size_t phase_at(Duration t) const;
  /// When the phase ends; Duration::max() for the last one.
  [[nodiscard]] Duration end_of(std::size_t phase) const;

  std::vector<Phase> phases_;
};

}  // namespace perch::netsim
