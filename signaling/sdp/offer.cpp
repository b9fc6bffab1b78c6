// Offering after `solicit`, and taking the viewer's answer; see media_negotiation.hpp.
#include <algorithm>

#include "signaling/sdp/agreement.hpp"
#include "signaling/sdp/h264_format.hpp"
#include "signaling/sdp/local_section.hpp"
#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"

namespace perch::signaling::sdp {
namespace {

constexpr Feedback kVideoFeedback = {true, true, true, true, true};
constexpr Feedback kAudioFeedback = {true, false, false, true, false};

// Payload types of ours, from the dynamic range (RFC 3551 §6).
constexpr std::uint8_t kFirstVideoType = 102;
constexpr std::uint8_t kOpusType = 111;

std::string h264_parameters(const std::string& profile_level_id) {
  return "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" + profile_level_id;
}

void add_h264(MediaDescription& section, std::uint8_t payload_type, const std::string& profile_level_id, bool rtx) {
  section.formats.push_back(
      {payload_type, "H264", 90'000, 1, h264_parameters(profile_level_id), write_feedback(kVideoFeedback)});
  if (!rtx) return;
  const auto rtx_type = static_cast<std::uint8_t>(payload_type + 1);
  section.formats.push_back({rtx_type, "rtx", 90'000, 1, "apt=" + std::to_string(payload_type), {}});
}

void finish_section(MediaDescription& section, const Capabilities& ours, std::uint32_t ssrc, std::uint32_t rtx_ssrc) {
  for (const Format& format : section.formats) section.targets.push_back(std::to_string(format.payload_type));
  section.protocol = "UDP/TLS/RTP/SAVPF";
  section.direction = Direction::kSendOnly;
  section.rtcp_rsize = true;
  section.rcvr_rtt = true;
  // RFC 8842 §5.2 wants actpass here. We knowingly say active: browsers answer actpass with active, and then their
  // ClientHello comes in fragments, which the DTLS library of Debian 12 cannot put together.
  add_transport(section, ours, Setup::kActive);
  add_sources(section, ours, ssrc, rtx_ssrc);
}

MediaDescription offer_video(const Capabilities& ours) {
  MediaDescription section;
  section.kind = "video";
  section.mid = "0";
  const bool rtx = ours.video.rtx_ssrc != 0;
  const auto profile = h264_profile(ours.video.profile_level_id);
  // A stream of a higher profile is offered as what it is and, for browsers that refuse the name but play the stream
  // (Chromium 156 with High), as constrained baseline too.
  add_h264(section, kFirstVideoType, "42e01f", rtx);
  if (profile && *profile != H264Profile::kConstrainedBaseline) {
    add_h264(section, kFirstVideoType + 2, ours.video.profile_level_id, rtx);
  }
  section.extensions = {{1, {}, std::string(kMidUri)},
                        {2, {}, std::string(kAbsSendTimeUri)},
                        {3, {}, std::string(kTransportCcUri)},
                        {4, {}, std::string(kPlayoutDelayUri)}};
  finish_section(section, ours, ours.video.ssrc, ours.video.rtx_ssrc);
  return section;
}

MediaDescription offer_audio(const Capabilities& ours, std::string mid) {
  MediaDescription section;
  section.kind = "audio";
  section.mid = std::move(mid);
  section.formats = {{kOpusType, "opus", 48'000, 2, opus_parameters(ours.audio), write_feedback(kAudioFeedback)}};
  section.extensions = {
      {1, {}, std::string(kMidUri)}, {2, {}, std::string(kAbsSendTimeUri)}, {3, {}, std::string(kTransportCcUri)}};
  finish_section(section, ours, ours.audio.sends ? ours.audio.ssrc : 0, 0);
  if (ours.audio.receives) section.direction = ours.audio.sends ? Direction::kSendRecv : Direction::kRecvOnly;
  return section;
}

/// RFC 3264 §6: an answer has the offer's sections, in its order.
Result<void> check_same_sections(const SessionDescription& offer, const SessionDescription& answer) {
  const auto same = [](const MediaDescription& a, const MediaDescription& b) {
    return a.kind == b.kind && a.mid == b.mid;
  };
  const bool fits = std::equal(offer.media.begin(), offer.media.end(), answer.media.begin(), answer.media.end(), same);
  if (!fits) return fail(Errc::kInvalid, "the answer's sections are not those of the offer");
  return {};
}

/// Only what was offered counts: foreign payload types and extension ids are taken out of the answer.
void restrict_to_offer(MediaDescription& answered, const MediaDescription& offered) {
  std::erase_if(answered.formats, [&](const Format& format) {
    const Format* ours = offered.format(format.payload_type);
    return ours == nullptr || !is_encoding(format, ours->encoding);
  });
  std::erase_if(answered.extensions, [&](const HeaderExtension& one) {
    return std::none_of(offered.extensions.begin(), offered.extensions.end(),
                        [&](const HeaderExtension& ours) { return ours.id == one.id && ours.uri == one.uri; });
  });
}

}  // namespace

SessionDescription make_offer(const Capabilities& ours) {
  SessionDescription offer;
  offer.session_id = ours.session_id;
  offer.session_version = ours.session_version;
  if (ours.video.available) offer.media.push_back(offer_video(ours));
  if (ours.audio.sends || ours.audio.receives)
    offer.media.push_back(offer_audio(ours, std::to_string(offer.media.size())));
  offer.bundles.emplace_back();
  for (const MediaDescription& section : offer.media) offer.bundles.back().push_back(section.mid);
  return offer;
}

Result<NegotiatedSession> accept_answer(const SessionDescription& offer, std::string_view answer_sdp,
                                        const Capabilities& ours) {
  auto answer = parse(answer_sdp);
  if (!answer) return fail(answer.error());
  if (auto checked = check_same_sections(offer, *answer); !checked) return fail(checked.error());
  NegotiatedSession session;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    restrict_to_offer(answer->media[i], offer.media[i]);
    session.media.push_back(agree_on_media(answer->media[i], ours));
  }
  const auto index = keep_one_bundle(session.media, answer->bundles);
  if (!index) return fail(index.error());
  auto remote = agree_on_transport(*answer, *index);
  if (!remote) return fail(remote.error());
  // RFC 8842 §5.3: the answer to active is passive
  if (answer->media[*index].setup != Setup::kPassive)
    return fail(Errc::kInvalid, "the answer must say a=setup:passive");
  session.remote = std::move(*remote);
  session.dtls_role = DtlsRole::kClient;
  session.ice_controlling = true;  // RFC 8445 §6.1.1
  return session;
}

}  // namespace perch::signaling::sdp
