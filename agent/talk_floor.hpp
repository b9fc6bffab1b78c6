// Who of several viewers is heard: one at a time, the first one, until they stop.
#pragma once

#include <optional>

#include "hal/base/time.hpp"
#include "net/net_thread.hpp"

namespace perch::agent {

/// Pure; time is an argument. The floor goes to whoever's packet comes while it is free, is held by sending, and falls
/// free a while after the last packet: nobody can be talked over, and nobody can hold it by silence.
class TalkFloor {
 public:
  /// Longer than a hiccup of the network, shorter than the pause before an answer.
  static constexpr Duration kRelease = milliseconds(500);

  enum class Take {
    kBegan,  ///< was free, is theirs now
    kHeld,   ///< was theirs
    kTaken,  ///< somebody else is speaking
  };
  [[nodiscard]] Take take(TimePoint now, net::LinkId who) {
    const bool free = !holder(now);
    if (!free && holder_ != who) return Take::kTaken;
    holder_ = who;
    until_ = now + kRelease;
    return free ? Take::kBegan : Take::kHeld;
  }
  /// The one who speaks, or nobody.
  [[nodiscard]] std::optional<net::LinkId> holder(TimePoint now) const { return now < until_ ? holder_ : std::nullopt; }

 private:
  std::optional<net::LinkId> holder_;
  TimePoint until_{};
};

}  // namespace perch::agent
