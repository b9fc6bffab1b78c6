#include "hal/base/time.hpp"

namespace perch {

NtpClock NtpClock::from_system() {
  const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
  return {monotonic_now(), std::chrono::duration_cast<nanoseconds>(unix_time)};
}

NtpTime NtpClock::at(TimePoint t) const {
  constexpr std::int64_t kNtpToUnixSeconds = (70LL * 365 + 17) * 86400;  // RFC 5905 §6: 1900 to 1970 with 17 leap days
  const std::int64_t ns = unix_at(t).count();
  const std::int64_t whole = ns / 1'000'000'000;
  const auto rest = static_cast<std::uint64_t>(ns % 1'000'000'000);
  const std::uint64_t fraction = (rest << 32) / 1'000'000'000;
  return {(static_cast<std::uint64_t>(whole + kNtpToUnixSeconds) << 32) | fraction};
}

}  // namespace perch
