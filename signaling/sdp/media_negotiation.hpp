// Offer/answer for a camera: what of the other side's description we take, and the description we give back. RFC 9429.
#pragma once

#include <string>
#include <string_view>

#include "signaling/sdp/negotiated.hpp"

namespace perch::signaling::sdp {

struct Answered {
  NegotiatedSession session;
  std::string sdp;  ///< the answer to send
};

/// Answers a viewer's offer: sends the first video (H.264) and the first audio (Opus) that can be had, over one bundled
/// transport, and rejects every other m-section. kUnsupported: not one m-section left. kInvalid: no media, no sha-256
/// fingerprint, no ICE credentials, roles that cannot be.
[[nodiscard]] Result<Answered> answer_offer(std::string_view offer_sdp, const Capabilities& ours);

/// The camera's own offer, after `solicit`.
[[nodiscard]] SessionDescription make_offer(const Capabilities& ours);
/// ICE restart from our side (RFC 8839 §4.4.1.1): what we described last, with the credentials now in `ours`.
/// kUnsupported: the association's roles do not allow it.
[[nodiscard]] Result<SessionDescription> make_restart_offer(std::string_view described, const Capabilities& ours);
/// Takes the viewer's answer to `offer`, which must come from one of the two above. Errors as above.
[[nodiscard]] Result<NegotiatedSession> accept_answer(const SessionDescription& offer, std::string_view answer_sdp,
                                                      const Capabilities& ours);

}  // namespace perch::signaling::sdp
