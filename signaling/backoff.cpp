#include "signaling/backoff.hpp"

#include <algorithm>

namespace perch::signaling {

Duration Backoff::next() {
  constexpr int kMostDoublings = 10;  // far past the long cap; keeps the shift in range
  const Duration cap = attempts_ < kAttemptsUnderShortCap ? kShortCap : kLongCap;
  const Duration step = std::min(cap, kFirst * (1 << std::min(attempts_, kMostDoublings)));
  ++attempts_;
  return step / 2 + std::chrono::duration_cast<Duration>(step / 2 * random_.unit());
}

}  // namespace perch::signaling
