// A camera's offer in a live session: everything as agreed, but new ICE credentials; see media_negotiation.hpp.
#include <algorithm>

#include "signaling/sdp/local_section.hpp"
#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"

namespace perch::signaling::sdp {

Result<SessionDescription> make_restart_offer(std::string_view described, const Capabilities& ours) {
  auto offer = parse(described);
  if (!offer) return fail(std::move(offer.error()));
  offer->session_version = ours.session_version;
  for (MediaDescription& section : offer->media) {
    if (section.port == 0) continue;  // rejected ones stay as they are, so that the sections keep their places
    // RFC 8842 §5.5: the same role and fingerprint keep the association. See offer.cpp for actpass.
    if (section.setup == Setup::kPassive) return fail(Errc::kUnsupported, "we are the DTLS server of this session");
    add_transport(section, ours, Setup::kActive);
  }
  return offer;
}

}  // namespace perch::signaling::sdp
