// Why a session ends and what an error means, as enums here and as words on the wire.
#pragma once

#include <optional>
#include <string_view>

#include "hal/base/result.hpp"

namespace perch::signaling {

/// `reason` of a `bye`.
enum class Reason {
  kUserHangup,
  kUserBusy,
  kReplaced,
  kIceFailed,
  kIceTimeout,
  kMediaTimeout,
  kOutOfResources,
  kPrivacyMode,
  kCameraLost,
  kRestarting,
  kRevoked,
  kExpired,
  kRightsChanged,
  kUnknownReason,
};
[[nodiscard]] const char* to_string(Reason reason);
/// kUnknownReason for every word that is not in the list: later versions may add some.
[[nodiscard]] Reason reason_from(std::string_view word);

/// `code` of an `error`.
enum class ErrorCode {
  kBadRequest,
  kUnsupportedVersion,
  kUnauthorized,
  kUnknownSession,
  kNoCommonCodec,
  kBusy,
  kTooLarge,
  kRateLimited,
};
[[nodiscard]] const char* to_string(ErrorCode code);
[[nodiscard]] std::optional<ErrorCode> error_code_from(std::string_view word);
/// What a failed parse or negotiation is called on the wire: kUnsupported is no_common_codec, kTooLarge is too_large,
/// kBusy is busy, kUnauthorized is unauthorized, anything else bad_request.
[[nodiscard]] ErrorCode error_code_of(Errc code);

}  // namespace perch::signaling
