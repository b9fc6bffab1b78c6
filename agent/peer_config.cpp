#include "agent/peer_config.hpp"

namespace perch::agent {
namespace {

using signaling::sdp::NegotiatedMedia;

constexpr std::uint32_t kVideoClockRate = 90'000;  // [Hz] RFC 6184 §8.1
constexpr std::uint32_t kOpusClockRate = 48'000;   // [Hz] RFC 7587 §4.1

std::optional<std::uint8_t> id_or_none(std::uint8_t id) {
  if (id == 0) return std::nullopt;
  return id;
}

net::RtpSenderConfig sender_config(const NegotiatedMedia& media) {
  net::RtpSenderConfig config;
  const bool sound = media.kind == "audio";
  config.clock_rate = sound ? kOpusClockRate : kVideoClockRate;
  config.marker_ends_frame = !sound;
  config.ssrc = media.ssrc;
  config.payload_type = media.payload_type;
  if (media.rtx_payload_type && media.rtx_ssrc != 0) {
    config.rtx_ssrc = media.rtx_ssrc;
    config.rtx_payload_type = media.rtx_payload_type;
  }
  config.extensions.transport_wide_cc = id_or_none(media.extensions.transport_cc);
  config.extensions.abs_send_time = id_or_none(media.extensions.abs_send_time);
  config.extensions.playout_delay = id_or_none(media.extensions.playout_delay);
  config.extensions.mid = id_or_none(media.extensions.mid);
  config.mid = media.mid;
  return config;
}

}  // namespace

net::PeerConfig peer_config(const signaling::sdp::NegotiatedSession& agreed, const std::string& cname, bool may_talk) {
  net::PeerConfig config;
  const bool client = agreed.dtls_role == signaling::sdp::DtlsRole::kClient;
  config.dtls_role = client ? net::DtlsRole::kClient : net::DtlsRole::kServer;
  for (const auto& sha256 : agreed.remote.fingerprints) config.remote_fingerprints.push_back({sha256});
  config.cname = cname;
  config.may_talk = may_talk;
  // RFC 3264 §6.1: to a viewer that does not want to receive nothing is sent, until a later offer.
  if (const NegotiatedMedia* video = agreed.accepted("video"))
    config.video = net::StreamSendConfig{sender_config(*video), nullptr, video->sends()};
  const NegotiatedMedia* audio = agreed.accepted("audio");
  if (audio == nullptr) return config;
  if (audio->ssrc != 0) config.audio = net::StreamSendConfig{sender_config(*audio), nullptr, audio->sends()};
  if (may_talk)
    config.talk = net::TalkReceiveConfig{audio->payload_type, kOpusClockRate,
                                         id_or_none(audio->extensions.transport_cc), audio->receives()};
  return config;
}

net::IceCredentials remote_credentials(const signaling::sdp::NegotiatedSession& agreed) {
  return {agreed.remote.ice_ufrag, agreed.remote.ice_pwd};
}

}  // namespace perch::agent
