// Times as system calls take them.
#pragma once

#include <ctime>

#include "hal/base/time.hpp"

namespace perch {

/// A time since the start of a clock, not negative. Where seconds have 32 bits (Debian 12 on armhf), later times become
/// the last that these can say.
[[nodiscard]] timespec to_timespec(seconds since);
[[nodiscard]] timespec to_timespec(nanoseconds since);

}  // namespace perch
