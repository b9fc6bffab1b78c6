// Agreement on one m-section and on the transport: the steps that answering and being answered share.
#pragma once

#include "signaling/sdp/negotiated.hpp"

namespace perch::signaling::sdp {

inline constexpr std::string_view kTransportCcUri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr std::string_view kAbsSendTimeUri = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
inline constexpr std::string_view kPlayoutDelayUri = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
inline constexpr std::string_view kMidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";

/// Looks at the viewer's m-section alone. Rejected ones say why in `rejection`.
[[nodiscard]] NegotiatedMedia agree_on_media(const MediaDescription& remote, const Capabilities& ours);

/// Rejects what cannot travel on the one transport, or is a second stream of its kind. Returns the index of the section
/// whose transport counts, or the reason why there is none. `bundles` are those of the other side's description.
[[nodiscard]] Result<std::size_t> keep_one_bundle(std::vector<NegotiatedMedia>& media,
                                                  const std::vector<std::vector<std::string>>& bundles);

/// Transport of the section at `index`; a bundle-only section borrows from the first of its bundle. RFC 9143 §7.
[[nodiscard]] Result<RemoteTransport> agree_on_transport(const SessionDescription& remote, std::size_t index);

/// 32 bytes of "AB:CD:…", or nothing. RFC 8122 §5.
[[nodiscard]] std::optional<Sha256> parse_sha256(std::string_view text);

}  // namespace perch::signaling::sdp
