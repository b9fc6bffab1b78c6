// See local_section.hpp.
#include "signaling/sdp/local_section.hpp"

namespace perch::signaling::sdp {

void add_transport(MediaDescription& section, const Capabilities& ours, Setup setup) {
  section.ice_ufrag = ours.ice_ufrag;
  section.ice_pwd = ours.ice_pwd;
  section.trickle = true;
  section.fingerprints = {{"sha-256", ours.fingerprint}};
  section.setup = setup;
  section.candidates = ours.candidates;
  section.end_of_candidates = ours.end_of_candidates;
  section.rtcp_mux = true;  // RFC 8834 §4.5
}

void add_sources(MediaDescription& section, const Capabilities& ours, std::uint32_t ssrc, std::uint32_t rtx_ssrc) {
  section.msid = ours.stream_id + " " + section.kind;  // RFC 8830 §2: stream, then track
  // RFC 5576 §4.2 and RFC 4588 §8.7: FID says which stream repairs which
  if (rtx_ssrc != 0) section.ssrc_groups = {{"FID", {ssrc, rtx_ssrc}}};
  for (const std::uint32_t one : {ssrc, rtx_ssrc}) {
    if (one == 0) continue;
    section.ssrcs.push_back({one, "cname", ours.cname});  // RFC 8834 §4.9: one CNAME for all of a session
    section.ssrcs.push_back({one, "msid", section.msid});
  }
}

std::string opus_parameters(const AudioCapability& ours) {
  return std::string("minptime=10;useinbandfec=1") + (ours.sends && ours.stereo ? ";sprop-stereo=1" : "");
}

std::vector<std::string> write_feedback(const Feedback& feedback) {
  std::vector<std::string> lines;
  if (feedback.transport_cc) lines.emplace_back("transport-cc");
  if (feedback.remb) lines.emplace_back("goog-remb");
  if (feedback.fir) lines.emplace_back("ccm fir");
  if (feedback.nack) lines.emplace_back("nack");
  if (feedback.pli) lines.emplace_back("nack pli");
  return lines;
}

}  // namespace perch::signaling::sdp
