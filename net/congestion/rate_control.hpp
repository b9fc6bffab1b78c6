// From what is known about the path to the rate that may be sent.
#pragma once

#include <optional>

#include "hal/base/units.hpp"
#include "net/congestion/overuse_detector.hpp"
#include "net/congestion/queue_judge.hpp"

namespace perch::net {

/// Additive increase and multiplicative decrease (draft-ietf-rmcat-gcc-02 §5.5) with one addition: packet dispersion
/// tells where the capacity is, so that the rate is found without filling the queue, and a decrease goes to the
/// capacity instead of a guess below it. The additive part is the same for large and small flows, the multiplicative
/// one is not: that makes them fair to one another. Single thread.
class RateControl {
 public:
  struct Limits {
    Bitrate start;
    Bitrate min;
    Bitrate max;
  };
  /// All that a feedback told.
  struct Path {
    PathUsage usage = PathUsage::kNormal;
    Bitrate acked;                          ///< 0: not known yet
    std::optional<Bitrate> bottleneck;      ///< by dispersion, never more than was tried
    std::optional<Bitrate> latest;          ///< the same, faster and noisier
    microseconds standing{};                ///< queue that stays from frame to frame
    Duration response = milliseconds(200);  ///< from sending to knowing
    Bitrate confirmed;                      ///< what a probe brought through lately; 0: none
  };

  explicit RateControl(Limits limits) : limits_(limits), target_(limits.start) {}
  void set_limits(Limits limits);
  /// After each feedback.
  void update(TimePoint now, const Path& path);
  /// From outside: silence, a probe's outcome, losses, REMB. Kept within the limits.
  void set_target(Bitrate target);

  [[nodiscard]] Bitrate target() const { return target_; }
  /// Somebody else fills the queue whatever we do.
  [[nodiscard]] bool beside_foreign(TimePoint now) const { return judge_.foreign(now); }
  /// The path showed its limit within the last seconds.
  [[nodiscard]] bool at_limit() const { return eased_at_ && updated_at_ && *updated_at_ - *eased_at_ < kRemembered; }

 private:
  static constexpr Duration kRemembered = seconds(5);

  void decrease(TimePoint now, const Path& path);
  void ease(TimePoint now, const Path& path);
  void increase(const Path& path, Duration step);
  [[nodiscard]] Bitrate eased(TimePoint now, const Path& path);
  [[nodiscard]] Bitrate ceiling(const Path& path) const;
  [[nodiscard]] double drained(TimePoint now) const;

  Limits limits_;
  Bitrate target_;
  QueueJudge judge_;
  Bitrate overused_at_;  // 0: never
  std::optional<TimePoint> updated_at_;
  std::optional<TimePoint> eased_at_;
};

}  // namespace perch::net
