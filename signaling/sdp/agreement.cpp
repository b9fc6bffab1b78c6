// See agreement.hpp: codecs, feedback and header extensions of one m-section.
#include "signaling/sdp/agreement.hpp"

#include <algorithm>
#include <array>

#include "signaling/sdp/h264_format.hpp"

namespace perch::signaling::sdp {
namespace {

bool is_known_protocol(std::string_view protocol) {
  // RFC 9429 §5.1.2: any of these names means DTLS-SRTP today, and the answer repeats the one it got
  constexpr std::array<std::string_view, 8> kProtocols = {"UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/TLS/RTP/SAVPF",
                                                          "TCP/TLS/RTP/SAVP",  "RTP/SAVPF",        "RTP/SAVP",
                                                          "RTP/AVPF",          "RTP/AVP"};
  return std::find(kProtocols.begin(), kProtocols.end(), protocol) != kProtocols.end();
}

const Format* choose_opus(const std::vector<Format>& formats) {
  const auto found = std::find_if(formats.begin(), formats.end(), [](const Format& format) {
    return is_encoding(format, "opus") && format.clock_rate == 48'000 && format.channels == 2;  // RFC 7587 §7
  });
  return found == formats.end() ? nullptr : &*found;
}

bool remote_sends(const MediaDescription& remote) {
  return remote.direction == Direction::kSendOnly || remote.direction == Direction::kSendRecv;
}
bool remote_receives(const MediaDescription& remote) {
  return remote.direction == Direction::kRecvOnly || remote.direction == Direction::kSendRecv;
}

/// A section that asks only for what the viewer may not have is refused; an inactive one may become active later.
bool wants_something_of(const MediaDescription& remote, const AudioCapability& ours) {
  if (remote.direction == Direction::kInactive) return ours.sends || ours.receives;
  return (ours.sends && remote_receives(remote)) || (ours.receives && remote_sends(remote));
}

/// RFC 3264 §6.1: of what is offered, what we can give and take.
Direction direction_of(const MediaDescription& remote, const Capabilities& ours) {
  const bool video = remote.kind == "video";
  const bool send = remote_receives(remote) && (video || ours.audio.sends);
  const bool receive = remote_sends(remote) && !video && ours.audio.receives;
  if (send) return receive ? Direction::kSendRecv : Direction::kSendOnly;
  return receive ? Direction::kRecvOnly : Direction::kInactive;
}

Result<const Format*> choose_format(const MediaDescription& remote, const Capabilities& ours) {
  if (remote.kind == "video" && ours.video.available) {
    const auto profile = h264_profile(ours.video.profile_level_id).value_or(H264Profile::kConstrainedBaseline);
    if (const Format* h264 = choose_h264(remote.formats, profile)) return h264;
    return fail(Errc::kUnsupported, "no H.264 with packetization-mode=1 in the video section");
  }
  if (remote.kind == "audio" && wants_something_of(remote, ours.audio)) {
    if (const Format* opus = choose_opus(remote.formats)) return opus;
    return fail(Errc::kUnsupported, "no Opus in the audio section");
  }
  return fail(Errc::kUnsupported, "this camera has no such media for this viewer");
}

/// Everything that speaks against a section before its codecs are looked at.
Result<void> check_section(const MediaDescription& remote) {
  if (remote.port == 0 && !remote.bundle_only)
    return fail(Errc::kUnsupported, "the section is disabled");  // RFC 3264 §6
  if (!is_known_protocol(remote.protocol)) return fail(Errc::kUnsupported, "not an RTP profile we speak");
  if (!remote.rtcp_mux) return fail(Errc::kInvalid, "rtcp-mux is required");  // RFC 8834 §4.5
  return {};
}

/// The id under which we may send the extension; `direction` is the viewer's, who must be ready to receive.
std::uint8_t sendable_id(const MediaDescription& remote, std::string_view uri) {
  for (const HeaderExtension& one : remote.extensions) {
    const Direction direction = one.direction.value_or(Direction::kSendRecv);
    const bool receives = direction == Direction::kSendRecv || direction == Direction::kRecvOnly;
    // RFC 8285 §4.2: 15 is reserved, larger ids need two-byte headers, which we do not write
    if (one.uri == uri && receives && one.id <= 14) return static_cast<std::uint8_t>(one.id);
  }
  return 0;
}

bool lists(const Format& format, std::string_view feedback) {
  return std::find(format.feedback.begin(), format.feedback.end(), feedback) != format.feedback.end();
}

Feedback agree_on_feedback(const Format& format, bool can_count_packets) {
  Feedback agreed;
  agreed.nack = lists(format, "nack");
  agreed.pli = lists(format, "nack pli");
  agreed.fir = lists(format, "ccm fir");
  agreed.transport_cc = lists(format, "transport-cc") && can_count_packets;
  // Receivers that may do both send both; the older estimate is noise next to transport-wide feedback.
  agreed.remb = lists(format, "goog-remb") && !agreed.transport_cc;
  return agreed;
}

void agree_on_extensions(NegotiatedMedia& media, const MediaDescription& remote, const Format& format) {
  media.extensions.transport_cc = sendable_id(remote, kTransportCcUri);
  media.feedback = agree_on_feedback(format, media.extensions.transport_cc != 0);
  if (!media.feedback.transport_cc) media.extensions.transport_cc = 0;  // numbers that nobody reports on are bytes lost
  media.extensions.abs_send_time = sendable_id(remote, kAbsSendTimeUri);
  if (media.kind == "video") media.extensions.playout_delay = sendable_id(remote, kPlayoutDelayUri);
  // RFC 8285 §4.2: a one-byte header has room for 16 bytes
  if (!remote.mid.empty() && remote.mid.size() <= 16) media.extensions.mid = sendable_id(remote, kMidUri);
}

void take_codec(NegotiatedMedia& media, const MediaDescription& remote, const Format& format,
                const Capabilities& ours) {
  media.payload_type = format.payload_type;
  media.ssrc = media.kind == "video" ? ours.video.ssrc : ours.audio.ssrc;
  if (media.direction == Direction::kRecvOnly) media.ssrc = 0;
  if (media.kind != "video" || ours.video.rtx_ssrc == 0) return;
  if (const Format* rtx = choose_rtx(remote.formats, format.payload_type)) {
    media.rtx_payload_type = rtx->payload_type;
    media.rtx_ssrc = ours.video.rtx_ssrc;
  }
}

}  // namespace

NegotiatedMedia agree_on_media(const MediaDescription& remote, const Capabilities& ours) {
  NegotiatedMedia media;
  media.kind = remote.kind;
  media.mid = remote.mid;
  const auto checked = check_section(remote);
  const auto format = checked ? choose_format(remote, ours) : Result<const Format*>(fail(checked.error()));
  if (!format) {
    media.rejection = format.error();
    return media;
  }
  media.accepted = true;
  media.direction = direction_of(remote, ours);
  media.rtcp_rsize = remote.rtcp_rsize;
  media.rcvr_rtt = remote.rcvr_rtt;
  take_codec(media, remote, **format, ours);
  agree_on_extensions(media, remote, **format);
  return media;
}

}  // namespace perch::signaling::sdp
