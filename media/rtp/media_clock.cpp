#include "media/rtp/media_clock.hpp"

#include <algorithm>

namespace perch::rtp {

Timestamp MediaClock::next(TimePoint captured_at) {
  if (!origin_) origin_ = captured_at;
  // Whole seconds apart from the rest, so that the product stays small however long the daemon runs.
  const nanoseconds elapsed = captured_at - *origin_;
  const seconds whole = std::chrono::floor<seconds>(elapsed);
  const std::int64_t ticks = whole.count() * rate_ + (elapsed - whole).count() * rate_ / 1'000'000'000;
  last_ticks_ = std::max(ticks, last_ticks_ + 1);
  return {offset_ + static_cast<std::uint32_t>(last_ticks_)};
}

}  // namespace perch::rtp
