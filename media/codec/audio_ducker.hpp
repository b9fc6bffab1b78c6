// Turns the microphone down while somebody speaks through our loudspeaker. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "hal/base/time.hpp"

namespace perch::codec {

/// Half duplex: what the loudspeaker plays must not come back to the one who speaks. Without clicks, and the microphone
/// stays down for a while after the last word, until that has left jitter buffer, card and room.
class AudioDucker {
 public:
  static constexpr Duration kRamp = milliseconds(10);
  static constexpr Duration kHold = milliseconds(300);

  void set_ducked(bool ducked) { wanted_ = ducked; }
  /// One frame in place, interleaved; `captured_at` of its first sample.
  void apply(TimePoint captured_at, int channels, std::span<std::int16_t> samples);

 private:
  bool wanted_ = false;
  TimePoint silent_until_{};
  float gain_ = 1;
};

}  // namespace perch::codec
