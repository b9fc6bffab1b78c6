// See wall_alarm.hpp. API: timerfd_create(2), TFD_TIMER_CANCEL_ON_SET.
#include "agent/wall_alarm.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdint>

#include "hal/base/timespec.hpp"

namespace perch::agent {

WallAlarm::WallAlarm(EventLoop& loop, std::function<void()> on_fire)
    : fd_(::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)),
      on_fire_(std::move(on_fire)),
      watch_(loop, fd_.get(), [this](unsigned) { on_readable(); }) {}

void WallAlarm::set(std::optional<std::chrono::sys_seconds> at) {
  itimerspec when{};
  if (at) when.it_value = to_timespec(at->time_since_epoch());
  ::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, nullptr);
}

void WallAlarm::on_readable() {
  std::uint64_t expirations = 0;
  // ECANCELED: the clock was set. The next read waits again, so the alarm must be set anew.
  (void)!::read(fd_.get(), &expirations, sizeof expirations);
  on_fire_();
}

}  // namespace perch::agent
