#include "tests/system/netsim/capacity_schedule.hpp"

#include <algorithm>

namespace perch::netsim {
namespace {

double seconds_of(Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace

std::size_t CapacitySchedule::phase_at(Duration t) const {
  std::size_t phase = 0;
  while (phase + 1 < phases_.size() && phases_[phase + 1].from <= t) ++phase;
  return phase;
}

Duration CapacitySchedule::end_of(std::size_t phase) const {
  return phase + 1 < phases_.size() ? phases_[phase + 1].from : Duration::max();
}

Duration CapacitySchedule::finish(Duration start, std::int64_t bytes) const {
  if (unlimited()) return start;
  auto bits = static_cast<double>(bytes) * 8;
  for (std::size_t phase = phase_at(start);; ++phase) {
    const auto rate = static_cast<double>(phases_[phase].rate.bps());
    const Duration needed = nanoseconds(static_cast<std::int64_t>(bits / rate * 1e9));
    const Duration end = end_of(phase);
    if (end == Duration::max() || needed <= end - start) return start + needed;
    bits -= seconds_of(end - start) * rate;
    start = end;
  }
}

double CapacitySchedule::bytes_between(Duration from, Duration to) const {
  double bytes = 0;
  if (unlimited()) return bytes;
  for (std::size_t phase = phase_at(from); from < to; ++phase) {
    const Duration until = std::min(to, end_of(phase));
    bytes += seconds_of(until - from) * static_cast<double>(phases_[phase].rate.bps()) / 8;
    from = until;
  }
  return bytes;
}

}  // namespace perch::netsim
