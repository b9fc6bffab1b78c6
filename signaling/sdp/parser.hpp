// Text to SessionDescription, for offers and answers that anybody may have written.
#pragma once

#include <string_view>

#include "hal/base/result.hpp"
#include "signaling/sdp/session_description.hpp"

namespace perch::signaling::sdp {

inline constexpr std::size_t kMaxDescriptionBytes = 16 * 1024;
inline constexpr std::size_t kMaxLineBytes = 4 * 1024;
inline constexpr std::size_t kMaxMedia = 32;
inline constexpr std::size_t kMaxCandidatesInDescription = 32;  ///< over all m-sections
inline constexpr std::size_t kMaxListed = 64;  ///< extensions, SSRC lines, fingerprints … of one m-section

/// Lines may end in CRLF or LF, attributes come in any order, unknown ones are ignored. kTooLarge: over a limit above.
/// kInvalid: not SDP, a control character inside a line, a value that its attribute does not allow.
[[nodiscard]] Result<SessionDescription> parse(std::string_view text);

}  // namespace perch::signaling::sdp
