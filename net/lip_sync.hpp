// How long a viewer should hold back pictures so that their sound is there in time.
#pragma once

#include <optional>

#include "hal/base/time.hpp"
#include "net/rtp_sender.hpp"

namespace perch::net {

/// Browsers line up sound and pictures by themselves, by the sender reports, but take half a minute to get there. What
/// they have to make up for is known here from the start: how much older sound is than a picture when it leaves. Pure;
/// time comes in as ages.
class LipSync {
 public:
  /// What a browser adds to sound and not to pictures: Opus' look-ahead of 6.5 ms, some 30 ms of jitter buffer, the
  /// output's own 10 to 20 ms. Measured in Chromium 156 on a good network, bench/paths.
  static constexpr Duration kBrowserHoldsSound = milliseconds(55);
  /// Room above the minimum, for browsers that need more sound in store on a bad network.
  static constexpr Duration kRoom = milliseconds(140);
  static constexpr Duration kMost = milliseconds(250);

  /// A packet leaves so long after its first sample or its picture was captured.
  void on_sound(Duration age) { average(sound_, age); }
  void on_picture(Duration age) { average(picture_, age); }

  /// The playout delay for the pictures; nothing when what the viewer has will do: it changes in steps of 20 ms at
  /// least, because each change is a small jolt.
  [[nodiscard]] std::optional<PlayoutDelay> update();

 private:
  static void average(std::optional<Duration>& value, Duration age) { value = value ? (*value * 15 + age) / 16 : age; }

  std::optional<Duration> sound_;
  std::optional<Duration> picture_;
  std::optional<milliseconds> given_;
};

}  // namespace perch::net
