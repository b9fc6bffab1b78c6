// One invited viewer, and the text of its file.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "hal/base/result.hpp"
#include "signaling/rights.hpp"
#include "signaling/sealing/secret_key.hpp"

namespace perch::agent {

/// The wall clock, in seconds: what invitations are dated with.
using UnixTime = std::chrono::sys_seconds;
[[nodiscard]] UnixTime wall_clock_now();

struct Invitation {
  std::string viewer;  ///< name in topics: [A-Za-z0-9_-]{1,64}
  signaling::SecretKey key;
  signaling::Rights rights;
  UnixTime created{};
  std::optional<UnixTime> expires = std::nullopt;  ///< never without
};

[[nodiscard]] bool same_key(const Invitation& a, const Invitation& b);

/// Whether an invitation counts at `now`.
enum class Standing {
  kValid,
  kExpired,
  /// The clock stands before the day the invitation was written, as after a power cut on a board without a battery:
  /// whether it has expired cannot be told, so it does not count until the clock is set. Only those that expire.
  kUntimely,
};
[[nodiscard]] Standing standing_of(const Invitation& invitation, UnixTime now);
[[nodiscard]] const char* to_string(Standing standing);

/// TOML: `key`, `rights`, `created`, `expires`. Errors are sentences that say what is wrong with which of them; an
/// unknown key is one, because a misspelled `expires` must not mean for ever.
[[nodiscard]] Result<Invitation> parse_invitation(const std::string& viewer, std::string_view text);
[[nodiscard]] std::string write_invitation(const Invitation& invitation);

/// "2026-12-31T12:00:00Z", RFC 3339.
[[nodiscard]] std::string to_text(UnixTime time);
/// "12h", "30d", "2w" from now on, or "never" (nothing).
[[nodiscard]] Result<std::optional<UnixTime>> parse_expiry(std::string_view text, UnixTime now);
/// "watch,listen"; blanks may stand around the commas.
[[nodiscard]] Result<signaling::Rights> parse_rights(std::string_view text);

}  // namespace perch::agent
