// Which of the H.264 formats in a description fits the stream. RFC 6184 §8.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/sdp/session_description.hpp"

namespace perch::signaling::sdp {

enum class H264Profile { kConstrainedBaseline, kBaseline, kMain, kConstrainedHigh, kHigh, kOther };

/// From profile-level-id, six hex digits: profile_idc, profile_iop, level_idc. RFC 6184 §8.1 table 5.
[[nodiscard]] std::optional<H264Profile> h264_profile(std::string_view profile_level_id);

/// Value of `name` among `a=1;b=2`; names compare without case (RFC 6184 has lower case, some senders do not).
[[nodiscard]] std::optional<std::string_view> parameter(std::string_view parameters, std::string_view name);

/// The best format for a stream of `profile`, or null: packetization-mode 1 only, the stream's own profile first, then
/// those that can decode it, then the rest, in the order listed; mode 1 because our packetizer makes FU-A (RFC 6184
/// §6.3).
[[nodiscard]] const Format* choose_h264(const std::vector<Format>& formats, H264Profile profile);

/// The offered a=fmtp with the level of our stream (last two digits of `profile_level_id`) where the offer lets an
/// answer name its own: RFC 6184 §8.2.2, level-asymmetry-allowed. The profile stays the offered one, which must match.
[[nodiscard]] std::string with_our_level(std::string_view offered, std::string_view profile_level_id);

/// The retransmission format (RFC 4588 §8.6) whose apt is `payload_type`, or null.
[[nodiscard]] const Format* choose_rtx(const std::vector<Format>& formats, std::uint8_t payload_type);

/// True when the format's encoding name is `name`, compared without case (RFC 4855 §3).
[[nodiscard]] bool is_encoding(const Format& format, std::string_view name);

}  // namespace perch::signaling::sdp
