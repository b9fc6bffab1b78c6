// Decides from the delay's trend whether the path is overused.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/time.hpp"

namespace perch::net {

enum class PathUsage : std::uint8_t { kNormal, kOveruse, kUnderuse };

/// The adaptive threshold of draft-ietf-rmcat-gcc-02 §5.4: it rises while competing flows fill the queue, so that they
/// do not starve this one, and falls again on a quiet path. Single thread.
class OveruseDetector {
 public:
  /// `trend` as Trendline::weighted(), at the receiver's time `at`; `sent` is what the group's delta says.
  PathUsage update(double trend, microseconds sent, microseconds at);
  [[nodiscard]] PathUsage usage() const { return usage_; }
  [[nodiscard]] double threshold() const { return threshold_; }  ///< [ms]
  /// Where the threshold may sink to [ms]: higher beside flows that fill the queue whatever we do.
  void set_lowest(double lowest) { lowest_ = lowest; }
  void reset() { *this = OveruseDetector(); }

  static constexpr double kLowest = 6;  ///< [ms] on a path of our own

 private:
  void adapt(double trend, microseconds at);

  PathUsage usage_ = PathUsage::kNormal;
  double threshold_ = 12.5;  // [ms]
  double lowest_ = kLowest;  // [ms]
  double previous_trend_ = 0;
  std::optional<microseconds> over_for_;  // nothing: not over the threshold
  int over_count_ = 0;
  std::optional<microseconds> adapted_at_;
};

}  // namespace perch::net
