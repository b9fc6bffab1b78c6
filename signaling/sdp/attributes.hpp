// The a= lines: one row per attribute that Perch knows.
#pragma once

#include <string_view>

#include "hal/base/result.hpp"
#include "signaling/sdp/session_description.hpp"

namespace perch::signaling::sdp {

/// Applies `a=<text>` of the session level. Attributes that may stand at both levels land in `defaults`.
[[nodiscard]] Result<void> apply_session_attribute(SessionDescription& session, MediaDescription& defaults,
                                                   std::string_view text);
/// Applies `a=<text>` of an m-section.
[[nodiscard]] Result<void> apply_media_attribute(MediaDescription& media, std::string_view text);
/// a=rtcp-fb lines may stand before the a=rtpmap of their format, so formats exist from the m= line on.
[[nodiscard]] Format* find_format(MediaDescription& media, std::string_view payload_type);

[[nodiscard]] const char* to_string(Direction direction);
[[nodiscard]] const char* to_string(Setup setup);

}  // namespace perch::signaling::sdp
