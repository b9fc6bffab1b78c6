// How long a viewer should hold back pictures so that their sound is there in time.
#pragma once

#include <algorithm>
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
  /// output's own 10 to 30 ms. Seen in Chromium 156 on a network without jitter.
  static constexpr Duration kBrowserHoldsSound = milliseconds(65);
  /// Its jitter buffer grows by so much for each millisecond of jitter it reports (Chromium 156: 21 ms deep without, 48
  /// to 57 ms at 4 to 7 ms of jitter).
  static constexpr int kPerJitter = 5;
  static constexpr Duration kAssumedJitter = milliseconds(2);  // before the first report
  /// More is a hiccup, not the network's nature: a browser whose pictures are late once delays its sound as well, and
  /// takes half a minute to come back from there.
  static constexpr Duration kMostJitter = milliseconds(5);
  /// Room above the minimum, for browsers that need more sound in store on a bad network.
  static constexpr Duration kRoom = milliseconds(400);
  static constexpr Duration kMost = milliseconds(200);

  /// A packet leaves so long after its first sample or its picture was captured.
  void on_sound(Duration age) { average(sound_, age); }
  void on_picture(Duration age) { average(picture_, age); }
  /// Of the sound, by a receiver report.
  void on_jitter(Duration jitter) { jitter_ = std::min(jitter, kMostJitter); }

  /// The playout delay for the pictures; nothing when what the viewer has will do: it changes in steps of 20 ms at
  /// least, because each change is a small jolt.
  [[nodiscard]] std::optional<PlayoutDelay> update();

 private:
  /// One stall must not move it far.
  static void average(std::optional<Duration>& value, Duration age) {
    value = value ? (*value * 15 + std::min(age, *value + milliseconds(16))) / 16 : age;
  }

  std::optional<Duration> sound_;
  std::optional<Duration> picture_;
  Duration jitter_ = kAssumedJitter;
  std::optional<milliseconds> given_;
};

}  // namespace perch::net
