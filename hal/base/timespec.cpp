// See timespec.hpp.
#include "hal/base/timespec.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace perch {

timespec to_timespec(seconds since) {
  constexpr std::int64_t kLast = std::numeric_limits<std::time_t>::max();
  timespec out{};
  out.tv_sec = static_cast<std::time_t>(std::min<std::int64_t>(since.count(), kLast));
  return out;
}

timespec to_timespec(nanoseconds since) {
  const auto whole = std::chrono::duration_cast<seconds>(since);
  timespec out = to_timespec(whole);
  out.tv_nsec = static_cast<decltype(out.tv_nsec)>((since - whole).count());
  return out;
}

}  // namespace perch
