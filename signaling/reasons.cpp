// Words of the wire for reasons and error codes.
#include "signaling/reasons.hpp"

#include <algorithm>
#include <array>

namespace perch::signaling {
namespace {

// In the order of the enums, which the tests check.
constexpr std::array<const char*, 14> kReasons = {
    "UserHangup",  "UserBusy",   "Replaced",   "ICEFailed", "ICETimeout", "MediaTimeout",  "OutOfResources",
    "PrivacyMode", "CameraLost", "Restarting", "Revoked",   "Expired",    "RightsChanged", "UnknownReason"};
constexpr std::array<const char*, 8> kCodes = {"bad_request",     "unsupported_version", "unauthorized",
                                               "unknown_session", "no_common_codec",     "busy",
                                               "too_large",       "rate_limited"};

template <std::size_t N>
std::size_t index_of(const std::array<const char*, N>& words, std::string_view word) {
  return static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

}  // namespace

const char* to_string(Reason reason) { return kReasons.at(static_cast<std::size_t>(reason)); }

Reason reason_from(std::string_view word) {
  const std::size_t index = index_of(kReasons, word);
  return index < kReasons.size() ? static_cast<Reason>(index) : Reason::kUnknownReason;
}

const char* to_string(ErrorCode code) { return kCodes.at(static_cast<std::size_t>(code)); }

std::optional<ErrorCode> error_code_from(std::string_view word) {
  const std::size_t index = index_of(kCodes, word);
  if (index == kCodes.size()) return std::nullopt;
  return static_cast<ErrorCode>(index);
}

ErrorCode error_code_of(Errc code) {
  switch (code) {
    case Errc::kUnsupported: return ErrorCode::kNoCommonCodec;
    case Errc::kTooLarge: return ErrorCode::kTooLarge;
    case Errc::kBusy: return ErrorCode::kBusy;
    case Errc::kUnauthorized: return ErrorCode::kUnauthorized;
    default: return ErrorCode::kBadRequest;
  }
}

}  // namespace perch::signaling
