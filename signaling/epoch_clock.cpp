// See epoch_clock.hpp.
#include "signaling/epoch_clock.hpp"

#include <array>
#include <utility>

#include "hal/base/text.hpp"

namespace perch::signaling {

bool EpochClock::on_deadline(TimePoint now) {
  if (now < deadline()) return false;
  draw(now);
  return true;
}

void EpochClock::draw(TimePoint now) {
  std::array<std::uint8_t, 16> bits{};  // 128 random bits
  random_.fill(bits);
  previous_ = std::exchange(current_, base64url_encode(bits));
  drawn_at_ = now;
}

}  // namespace perch::signaling
