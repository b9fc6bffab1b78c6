#include "agent/peer_config.hpp"

namespace perch::agent {
namespace {

using signaling::sdp::NegotiatedMedia;

std::optional<std::uint8_t> id_or_none(std::uint8_t id) {
  if (id == 0) return std::nullopt;
  return id;
}

net::RtpSenderConfig sender_config(const NegotiatedMedia& media) {
  net::RtpSenderConfig config;
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

net::PeerConfig peer_config(const signaling::sdp::NegotiatedSession& agreed, const std::string& cname) {
  net::PeerConfig config;
  const bool client = agreed.dtls_role == signaling::sdp::DtlsRole::kClient;
  config.dtls_role = client ? net::DtlsRole::kClient : net::DtlsRole::kServer;
  for (const auto& sha256 : agreed.remote.fingerprints) config.remote_fingerprints.push_back({sha256});
  config.cname = cname;
  const NegotiatedMedia* video = agreed.accepted("video");
  // RFC 3264 §6.1: to a viewer that does not want to receive nothing is sent.
  if (video != nullptr && video->direction == signaling::sdp::Direction::kSendOnly)
    config.video = net::StreamSendConfig{sender_config(*video), nullptr};
  return config;
}

net::IceCredentials remote_credentials(const signaling::sdp::NegotiatedSession& agreed) {
  return {agreed.remote.ice_ufrag, agreed.remote.ice_pwd};
}

}  // namespace perch::agent
