// See frame_schedule.hpp.
#include "hal/video/frame_schedule.hpp"

namespace perch::video {

TimePoint FrameSchedule::due(std::uint32_t number) const {
  // Whole seconds apart from the rest: number × 1e9 × 1001 would overflow 64 bits within hours.
  const std::int64_t ticks = static_cast<std::int64_t>(number) * rate_.denominator;
  const std::int64_t rate = rate_.numerator;
  return start_ + seconds(ticks / rate) + nanoseconds(ticks % rate * 1'000'000'000 / rate);
}

std::optional<std::uint32_t> FrameSchedule::take(TimePoint now) {
  if (now < due(next_)) return std::nullopt;
  const std::int64_t late = (now - due(next_)) / rate_.interval();
  auto number = next_ + static_cast<std::uint32_t>(late);
  // interval() is rounded down to nanoseconds, so `late` may be one too many after a long pause.
  while (number > next_ && due(number) > now) --number;
  next_ = number + 1;
  return number;
}

}  // namespace perch::video
