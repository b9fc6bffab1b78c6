// See paced_source.hpp.
#include "hal/video/paced_source.hpp"

#include <sys/timerfd.h>

#include "hal/base/timespec.hpp"

namespace perch::video {

Result<FrameTimer> FrameTimer::create(TimePoint first) {
  UniqueFd fd(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!fd) return fail_errno("cannot make a timer for the frame rate");
  FrameTimer timer(std::move(fd));
  if (auto armed = timer.arm(first); !armed) return fail(armed.error());
  return timer;
}

Result<void> FrameTimer::arm(TimePoint deadline) {
  itimerspec spec{};
  spec.it_value = to_timespec(std::chrono::duration_cast<nanoseconds>(deadline.time_since_epoch()));
  // Setting a timer also clears expirations nobody has read; an instant in the past fires at once.
  if (timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &spec, nullptr) != 0)
    return fail_errno("cannot set the frame timer");
  return {};
}

Result<std::optional<Frame>> PacedSource::read_frame(TimePoint now) {
  const auto number = schedule_.take(now);
  if (auto armed = timer_.arm(schedule_.deadline()); !armed) return fail(armed.error());
  if (!number) return std::nullopt;
  Frame frame;
  frame.format = format_;
  frame.captured_at = schedule_.due(*number);
  frame.number = *number;
  if (auto filled = fill(frame); !filled) return fail(filled.error());
  return frame;
}

}  // namespace perch::video
