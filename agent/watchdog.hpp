// Decides whether this process is still worth having: fed by work that was done, not by a timer that fires.
#pragma once

#include <cstdint>

#include "hal/base/time.hpp"

namespace perch::agent {

/// What was done so far. Totals: only what changed since the last look counts.
struct WorkDone {
  std::uint64_t watching = 0;  ///< viewers that are connected and want pictures
  /// That left the net thread, to all viewers there are. Not sound, and nothing twice: these go on without a camera.
  std::uint64_t picture_packets = 0;
  bool camera_away = false;        ///< unplugged or failing: no picture can leave
  std::uint64_t camera_tries = 0;  ///< to open it
  bool operator==(const WorkDone&) const = default;
};

/// Sans-IO. At its deadline the caller asks the net thread for a report and hands it back on ctl: a report has gone
/// through both loops, which is all that can be asked of an idle camera. While somebody watches it must also tell of
/// pictures that left; with the camera away, of tries to get it back. No report, or none of these for `limit`: not fed,
/// and the supervisor restarts us.
class Watchdog {
 public:
  /// `limit`: how long the supervisor waits. It is fed four times as often, so that one late report is not the end.
  Watchdog(TimePoint now, Duration limit) : period_(limit / 4), next_(now + period_) {}

  [[nodiscard]] TimePoint deadline() const { return next_; }
  /// Sets the next deadline; the caller asks for a report now.
  void on_deadline(TimePoint now) { next_ = now + period_; }
  /// True: feed it.
  [[nodiscard]] bool on_report(const WorkDone& work);

 private:
  const Duration period_;
  TimePoint next_;
  WorkDone last_;
};

}  // namespace perch::agent
