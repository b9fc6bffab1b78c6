// Our own m-sections, in answers and in offers.
#pragma once

#include "signaling/sdp/negotiated.hpp"

namespace perch::signaling::sdp {

/// ICE, DTLS, RTCP and source lines of ours, into a section whose kind, mid and formats stand already.
void add_transport(MediaDescription& section, const Capabilities& ours, Setup setup);
void add_sources(MediaDescription& section, const Capabilities& ours, std::uint32_t ssrc, std::uint32_t rtx_ssrc);

/// The a=fmtp of Opus as we send and take it. RFC 7587 §6.1.
[[nodiscard]] std::string opus_parameters(const AudioCapability& ours);

/// The a=rtcp-fb lines of what was agreed.
[[nodiscard]] std::vector<std::string> write_feedback(const Feedback& feedback);

}  // namespace perch::signaling::sdp
