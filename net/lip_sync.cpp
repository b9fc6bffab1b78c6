#include "net/lip_sync.hpp"

#include <algorithm>
#include <cstdlib>

namespace perch::net {
namespace {

constexpr milliseconds kStep{20};

}  // namespace

std::optional<PlayoutDelay> LipSync::update() {
  if (!sound_ || !picture_) return std::nullopt;
  const Duration held = kBrowserHoldsSound + kPerJitter * jitter_;
  const Duration wanted = std::clamp(*sound_ - *picture_ + held, Duration::zero(), kMost);
  const milliseconds min = std::chrono::round<milliseconds>(wanted) / 10 * 10;  // the extension counts in tens
  if (given_ && std::abs((min - *given_).count()) < kStep.count()) return std::nullopt;
  given_ = min;
  return PlayoutDelay{min, min + std::chrono::duration_cast<milliseconds>(kRoom)};
}

}  // namespace perch::net
