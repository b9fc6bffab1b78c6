// The camera's retained `state`, guarded against others who may write there.
#pragma once

#include <string>
#include <string_view>

#include "hal/base/time.hpp"

namespace perch::signaling {

enum class WhoSpoke { kWeAlone, kOurWill, kSomebodyElse };

/// Whoever comes reads the last retained word, so one message of somebody else (a last will of ours that comes late, a
/// camera with the same id, a liar) would hide the camera until it has something new to say. Ours is said again then:
/// at once, afterwards at most once per kPause, whatever they say. Sans-IO, single thread.
class StateGuard {
 public:
  static constexpr Duration kPause = seconds(2);

  void on_published(std::string payload);
  /// The broker says what was published there, by us too. `our_will`: it is our own last will.
  void on_heard(std::string_view payload, bool our_will);
  /// When to ask denies(); may be over already.
  [[nodiscard]] TimePoint deadline() const { return last_ == WhoSpoke::kWeAlone ? kNever : next_; }
  /// Whose word is to be denied now, by saying the state again; kWeAlone: nobody's.
  [[nodiscard]] WhoSpoke denies(TimePoint now);

 private:
  std::string said_;
  TimePoint next_ = TimePoint::min();
  bool echo_is_due_ = false;
  WhoSpoke last_ = WhoSpoke::kWeAlone;
};

}  // namespace perch::signaling
