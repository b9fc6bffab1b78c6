// Answering a viewer's offer; see media_negotiation.hpp.
#include <algorithm>

#include "signaling/sdp/agreement.hpp"
#include "signaling/sdp/h264_format.hpp"
#include "signaling/sdp/local_section.hpp"
#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"
#include "signaling/sdp/writer.hpp"

namespace perch::signaling::sdp {
namespace {

/// RFC 8842 §5.3. We would rather be the client: see ClientHello in net's DTLS.
Result<DtlsRole> answer_role(std::optional<Setup> offered) {
  switch (offered.value_or(Setup::kActPass)) {
    case Setup::kActPass:
    case Setup::kPassive: return DtlsRole::kClient;
    case Setup::kActive: return DtlsRole::kServer;
    case Setup::kHoldConn: break;
  }
  return fail(Errc::kInvalid, "a=setup:holdconn leaves nobody to connect");
}

MediaDescription rejected_section(const MediaDescription& offered) {
  MediaDescription section;
  section.kind = offered.kind;
  section.port = 0;  // RFC 3264 §6: rejected
  section.protocol = offered.protocol;
  section.targets = {offered.targets.front()};  // RFC 3264 §6: at least one, any will do
  section.mid = offered.mid;
  section.direction = Direction::kInactive;
  return section;
}

/// RFC 8285 §6: an answer turns the direction around.
std::optional<Direction> mirrored(std::optional<Direction> direction) {
  if (direction == Direction::kRecvOnly) return Direction::kSendOnly;
  if (direction == Direction::kSendOnly) return Direction::kRecvOnly;
  return direction;
}

std::vector<HeaderExtension> answer_extensions(const MediaDescription& offered, const HeaderExtensionIds& ids) {
  std::vector<HeaderExtension> agreed;
  for (const HeaderExtension& one : offered.extensions) {
    const bool ours = (one.id == ids.transport_cc && one.uri == kTransportCcUri) ||
                      (one.id == ids.abs_send_time && one.uri == kAbsSendTimeUri) ||
                      (one.id == ids.playout_delay && one.uri == kPlayoutDelayUri) ||
                      (one.id == ids.mid && one.uri == kMidUri);
    if (ours) agreed.push_back({one.id, mirrored(one.direction), one.uri});
  }
  return agreed;
}

std::vector<Format> answer_formats(const MediaDescription& offered, const NegotiatedMedia& agreed,
                                   const Capabilities& ours) {
  Format format = *offered.format(agreed.payload_type);
  if (agreed.kind == "audio") format.parameters = opus_parameters(ours.audio);
  if (agreed.kind == "video") format.parameters = with_our_level(format.parameters, ours.video.profile_level_id);
  format.feedback = write_feedback(agreed.feedback);
  std::vector<Format> formats = {std::move(format)};
  if (agreed.rtx_payload_type) {
    formats.push_back(*offered.format(*agreed.rtx_payload_type));
    formats.back().feedback.clear();
  }
  return formats;
}

MediaDescription accepted_section(const MediaDescription& offered, const NegotiatedMedia& agreed,
                                  const Capabilities& ours, DtlsRole role) {
  MediaDescription section;
  section.kind = offered.kind;
  section.protocol = offered.protocol;
  section.mid = offered.mid;
  section.direction = agreed.direction;
  section.formats = answer_formats(offered, agreed, ours);
  for (const Format& format : section.formats) section.targets.push_back(std::to_string(format.payload_type));
  section.extensions = answer_extensions(offered, agreed.extensions);
  section.rtcp_rsize = agreed.rtcp_rsize;
  section.rcvr_rtt = agreed.rcvr_rtt;  // Chromium sends RRTR only when it reads this back
  add_transport(section, ours, role == DtlsRole::kClient ? Setup::kActive : Setup::kPassive);
  add_sources(section, ours, agreed.ssrc, agreed.rtx_ssrc);
  return section;
}

/// RFC 9143 §7.3: the bundle of the answer names accepted sections only.
std::vector<std::vector<std::string>> answer_bundle(const SessionDescription& offer, const NegotiatedSession& session) {
  std::vector<std::string> mids;
  for (const NegotiatedMedia& one : session.media) {
    if (one.accepted && !one.mid.empty()) mids.push_back(one.mid);
  }
  if (offer.bundles.empty() || mids.empty()) return {};
  return {mids};
}

SessionDescription write_answer(const SessionDescription& offer, const NegotiatedSession& session,
                                const Capabilities& ours) {
  SessionDescription answer;
  answer.session_id = ours.session_id;
  answer.session_version = ours.session_version;
  answer.bundles = answer_bundle(offer, session);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const MediaDescription& offered = offer.media[i];
    const NegotiatedMedia& agreed = session.media[i];
    answer.media.push_back(agreed.accepted ? accepted_section(offered, agreed, ours, session.dtls_role)
                                           : rejected_section(offered));
  }
  return answer;
}

}  // namespace

Result<Answered> answer_offer(std::string_view offer_sdp, const Capabilities& ours) {
  const auto offer = parse(offer_sdp);
  if (!offer) return fail(offer.error());
  NegotiatedSession session;
  for (const MediaDescription& section : offer->media) session.media.push_back(agree_on_media(section, ours));
  const auto index = keep_one_bundle(session.media, offer->bundles);
  if (!index) return fail(index.error());
  auto remote = agree_on_transport(*offer, *index);
  if (!remote) return fail(remote.error());
  const auto role = answer_role(offer->media[*index].setup);
  if (!role) return fail(role.error());
  session.remote = std::move(*remote);
  session.dtls_role = *role;
  session.ice_controlling = session.remote.ice_lite;  // RFC 8445 §6.1.1: the offerer controls, unless it is lite
  std::string sdp = write(write_answer(*offer, session, ours));
  return Answered{std::move(session), std::move(sdp)};
}

}  // namespace perch::signaling::sdp
