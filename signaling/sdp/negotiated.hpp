// What goes into a negotiation and what comes out of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hal/base/result.hpp"
#include "signaling/sdp/session_description.hpp"

namespace perch::signaling::sdp {

/// The video this camera can send.
struct VideoCapability {
  bool available = true;
  std::string profile_level_id = "42e01f";  ///< of the real stream when it is passed through, else what we encode
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;  ///< 0: never retransmit by RFC 4588
};
/// Opus. Which way depends on the camera's microphone and loudspeaker, and on the viewer's rights.
struct AudioCapability {
  bool sends = false;
  bool receives = false;
  bool stereo = false;  ///< what is sent
  std::uint32_t ssrc = 0;
};

/// Everything of ours that a description of one viewer's session needs.
struct Capabilities {
  VideoCapability video;
  AudioCapability audio;
  std::string cname;                    ///< RFC 3550 §6.5.1; random per session, so that it tells nothing (RFC 7022)
  std::string stream_id;                ///< of a=msid, ties audio and video together
  std::string ice_ufrag;                ///< [4, 256] ice-chars
  std::string ice_pwd;                  ///< [22, 256] ice-chars
  std::vector<std::string> candidates;  ///< those known already, "candidate:…"; the rest are trickled
  bool end_of_candidates = false;
  std::string fingerprint;            ///< SHA-256 of our certificate, "AB:CD:…"
  std::string session_id;             ///< of o=, the same for all descriptions of a session
  std::uint64_t session_version = 0;  ///< of o=, one more with each description
};

/// Ids agreed for RTP header extensions, 0: not used. One-byte headers, so 1 to 14 (RFC 8285 §4.2).
struct HeaderExtensionIds {
  std::uint8_t transport_cc = 0;
  std::uint8_t abs_send_time = 0;
  std::uint8_t playout_delay = 0;
  std::uint8_t mid = 0;
  bool operator==(const HeaderExtensionIds&) const = default;
};

/// RTCP feedback that both sides know.
struct Feedback {
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool transport_cc = false;
  bool remb = false;
  bool operator==(const Feedback&) const = default;
};

/// One m-section after negotiation, in the order of the offer.
struct NegotiatedMedia {
  std::string kind;
  std::string mid;
  bool accepted = false;
  Error rejection;                             ///< why not, when not accepted
  Direction direction = Direction::kInactive;  ///< ours; never receiving for video
  std::uint8_t payload_type = 0;
  std::optional<std::uint8_t> rtx_payload_type;
  HeaderExtensionIds extensions;
  Feedback feedback;
  bool rtcp_rsize = false;
  bool rcvr_rtt = false;  ///< answer RRTR with DLRR, RFC 3611 §4.5
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;

  [[nodiscard]] bool sends() const { return direction == Direction::kSendOnly || direction == Direction::kSendRecv; }
  [[nodiscard]] bool receives() const { return direction == Direction::kRecvOnly || direction == Direction::kSendRecv; }
};

using Sha256 = std::array<std::uint8_t, 32>;
enum class DtlsRole { kClient, kServer };

/// The other side's end of the one bundled transport.
struct RemoteTransport {
  std::string ice_ufrag;
  std::string ice_pwd;
  bool trickle = false;
  bool ice_lite = false;
  std::vector<Sha256> fingerprints;     ///< the certificate must match one of them, RFC 8122 §6.2
  std::vector<std::string> candidates;  ///< usable ones, "candidate:…"
  bool end_of_candidates = false;
};

struct NegotiatedSession {
  std::vector<NegotiatedMedia> media;
  RemoteTransport remote;
  DtlsRole dtls_role = DtlsRole::kClient;  ///< ours
  bool ice_controlling = false;            ///< ours; RFC 8445 §6.1.1

  /// The accepted m-section of this kind, or null.
  [[nodiscard]] const NegotiatedMedia* accepted(std::string_view kind) const;
};

/// How a new negotiation of a running session differs from the one before.
struct Change {
  bool ice_restart = false;   ///< new remote ufrag or pwd, RFC 8839 §4.4.3
  bool dtls_restart = false;  ///< other fingerprints: a new association is needed, RFC 8842 §4
};
[[nodiscard]] Change compare(const NegotiatedSession& before, const NegotiatedSession& after);

}  // namespace perch::signaling::sdp
