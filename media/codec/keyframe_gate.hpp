// Decides when a wish for a key frame is granted, however many viewers utter it.
#pragma once

#include <cstddef>
#include <optional>

#include "hal/base/time.hpp"
#include "hal/base/units.hpp"

namespace perch::codec {

/// At most one key frame per max(500 ms, the time in which key frames would take more than 15 % of the bitrate). Wishes
/// in between are kept and granted together; after a quiet period the first is granted at once. Single thread.
class KeyframeGate {
 public:
  static constexpr Duration kMinInterval = milliseconds(500);
  static constexpr int kSharePercent = 15;
  /// A viewer that lost its picture waits no longer than this, even if one key frame was huge (after a drop of the
  /// bitrate).
  static constexpr Duration kMaxInterval = seconds(3);

  void request() { wanted_ = true; }
  /// True when the next picture is to be a key frame.
  [[nodiscard]] bool open(TimePoint now, Bitrate bitrate) const;
  /// A key frame of `size` bytes was made, asked for or not: it grants every wish uttered before.
  void on_keyframe(TimePoint now, std::size_t size);
  /// How long after a key frame of `size` bytes the next may follow.
  [[nodiscard]] static Duration interval_after(std::size_t size, Bitrate bitrate);

 private:
  bool wanted_ = false;
  std::optional<TimePoint> last_at_;
  std::size_t last_size_ = 0;
};

}  // namespace perch::codec
