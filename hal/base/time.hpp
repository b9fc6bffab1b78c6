// The one monotonic clock of the daemon; protocol code gets its readings as arguments and never calls now().
#pragma once

#include <chrono>
#include <cstdint>

namespace perch {

/// CLOCK_MONOTONIC, the clock V4L2 and ALSA stamp their buffers with.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// A deadline that does not come.
inline constexpr TimePoint kNever = TimePoint::max();

/// For edges (threads, I/O) only.
[[nodiscard]] inline TimePoint monotonic_now() { return Clock::now(); }

[[nodiscard]] inline std::int64_t to_ms(Duration d) { return std::chrono::duration_cast<milliseconds>(d).count(); }
[[nodiscard]] inline std::int64_t to_us(Duration d) { return std::chrono::duration_cast<microseconds>(d).count(); }

/// 64-bit NTP timestamp: seconds since 1900 in the upper half, fraction in the lower. RFC 5905 §6.
struct NtpTime {
  std::uint64_t value = 0;
  /// Middle 32 bits, as RTCP carries them in LSR and LRR. RFC 3550 §6.4.1.
  [[nodiscard]] std::uint32_t middle() const { return static_cast<std::uint32_t>(value >> 16); }
};

/// Maps the monotonic clock to NTP. Made once at start so that a step of the wall clock never bends a running session.
class NtpClock {
 public:
  /// `unix_time` is CLOCK_REALTIME at the instant `at`.
  NtpClock(TimePoint at, nanoseconds unix_time) : at_(at), unix_time_(unix_time) {}
  /// Reads both clocks of the system.
  [[nodiscard]] static NtpClock from_system();
  [[nodiscard]] NtpTime at(TimePoint t) const;
  /// CLOCK_REALTIME that belongs to `t`.
  [[nodiscard]] nanoseconds unix_at(TimePoint t) const { return unix_time_ + (t - at_); }

 private:
  TimePoint at_;
  nanoseconds unix_time_;
};

}  // namespace perch
