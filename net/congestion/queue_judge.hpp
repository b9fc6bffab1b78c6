// Whose queue is it: ours, so that giving way drains it, or somebody else's?
#pragma once

#include <cstdint>

#include "hal/base/units.hpp"

namespace perch::net {

/// A flow that fills the queue until packets are lost, as most TCP does, would push every flow that reacts to delay
/// down to nothing. The adaptive threshold of draft-ietf-rmcat-gcc-02 §5.4 helps against the growth of such a queue,
/// not against its height. So the experiment is made: give way for a second; a queue that has not shrunk is not ours,
/// and its height is left out of account for some seconds. A capacity that falls all that second is taken for a foreign
/// queue too; RateControl therefore never sends more than the bottleneck carries. Single thread.
class QueueJudge {
 public:
  /// After each feedback. `standing` is the queue that no packet of late escaped, `rate` ours, `response` the time
  /// from sending to knowing. True: there is more of our making than may be, give way.
  bool update(TimePoint now, microseconds standing, Bitrate rate, Duration response);
  /// How much there is over what is tolerated; negative below [us].
  [[nodiscard]] double excess_us() const { return excess_us_; }
  /// Somebody else fills the queue whatever we do.
  [[nodiscard]] bool foreign(TimePoint now) const { return now < foreign_until_; }

 private:
  double excess_us_ = 0;
  bool giving_way_ = false;
  TimePoint since_{};
  microseconds before_{};
  TimePoint foreign_until_{};
};

}  // namespace perch::net
