// How long packets must wait so that nearly all of them have arrived when their turn comes. Pure.
#pragma once

#include <array>
#include <optional>

#include "hal/base/time.hpp"

namespace perch::codec {

/// Watches by how much packets are later than the fastest of the last seconds, as NetEQ does: a histogram that forgets
/// exponentially, of which the 97th percentile counts.
class JitterEstimator {
 public:
  static constexpr Duration kMinTarget = milliseconds(20);
  static constexpr Duration kMaxTarget = milliseconds(200);

  /// `transit`: arrival minus media time. Only differences matter.
  void on_packet(TimePoint arrived_at, Duration transit);
  /// The shortest transit of the last 3 to 6 seconds: clocks that drift apart are followed. Zero before any packet.
  [[nodiscard]] Duration base() const;
  /// How far behind the fastest packet to play [kMinTarget..kMaxTarget].
  [[nodiscard]] Duration target() const { return target_; }
  [[nodiscard]] bool started() const { return current_.has_value(); }
  /// Another route or another clock: the shortest transit is unknown again, the jitter is taken to stay.
  void forget_base();

 private:
  void roll(TimePoint now, Duration transit);
  [[nodiscard]] Duration percentile() const;

  static constexpr std::size_t kBins = 41;
  std::optional<Duration> current_, previous_;  // shortest transit of this window and of the one before
  TimePoint window_start_;
  std::array<double, kBins> histogram_{};
  Duration target_ = milliseconds(40);  // before anything is known
};

}  // namespace perch::codec
