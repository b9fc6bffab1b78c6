#include "media/codec/keyframe_gate.hpp"

#include <algorithm>

namespace perch::codec {

Duration KeyframeGate::interval_after(std::size_t size, Bitrate bitrate) {
  const std::int64_t share_bps = bitrate.bps() * kSharePercent / 100;
  if (share_bps <= 0) return kMaxInterval;
  const double seconds_needed = static_cast<double>(size) * 8 / static_cast<double>(share_bps);
  // Clamped as a number first: the conversion to nanoseconds must not overflow.
  const double capped = std::min(seconds_needed, std::chrono::duration<double>(kMaxInterval).count());
  return std::max(kMinInterval, std::chrono::duration_cast<Duration>(std::chrono::duration<double>(capped)));
}

bool KeyframeGate::open(TimePoint now, Bitrate bitrate) const {
  return wanted_ && (!last_at_ || now - *last_at_ >= interval_after(last_size_, bitrate));
}

void KeyframeGate::on_keyframe(TimePoint now, std::size_t size) {
  wanted_ = false;
  last_at_ = now;
  last_size_ = size;
}

}  // namespace perch::codec
