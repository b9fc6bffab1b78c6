// A session description (RFC 8866) as WebRTC uses it: one struct per level, holding just what Perch reads or writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace perch::signaling::sdp {

/// RFC 8866 §6.7, as the side that wrote the description sees it.
enum class Direction { kSendRecv, kSendOnly, kRecvOnly, kInactive };
/// RFC 4145 §4 and RFC 8842 §5.1: who opens the DTLS connection.
enum class Setup { kActPass, kActive, kPassive, kHoldConn };

/// a=fingerprint, RFC 8122 §5.
struct Fingerprint {
  std::string algorithm;  ///< lower case, e.g. "sha-256"
  std::string value;      ///< as it came, e.g. "AB:CD:…"
  bool operator==(const Fingerprint&) const = default;
};

/// One RTP payload type with what the attributes say of it.
struct Format {
  std::uint8_t payload_type = 0;  ///< [0, 127]
  std::string encoding;           ///< of a=rtpmap, e.g. "H264"; empty without rtpmap
  std::uint32_t clock_rate = 0;   ///< [Hz]
  std::uint32_t channels = 1;
  std::string parameters;             ///< of a=fmtp, after the payload type
  std::vector<std::string> feedback;  ///< of a=rtcp-fb, e.g. "nack pli"; RFC 4585 §4.2
  bool operator==(const Format&) const = default;
};

/// a=extmap, RFC 8285 §5.
struct HeaderExtension {
  std::uint16_t id = 0;                ///< [1, 4095]
  std::optional<Direction> direction;  ///< from the writer's point of view
  std::string uri;
  bool operator==(const HeaderExtension&) const = default;
};

/// a=ssrc, RFC 5576 §4.1.
struct SsrcAttribute {
  std::uint32_t ssrc = 0;
  std::string attribute;  ///< e.g. "cname"
  std::string value;
  bool operator==(const SsrcAttribute&) const = default;
};
/// a=ssrc-group, RFC 5576 §4.2.
struct SsrcGroup {
  std::string semantics;  ///< e.g. "FID"
  std::vector<std::uint32_t> ssrcs;
  bool operator==(const SsrcGroup&) const = default;
};

/// An m-section. The transport fields are those of the session level where the section itself says nothing.
struct MediaDescription {
  std::string kind;                  ///< "video", "audio", "application"
  std::uint16_t port = 9;            ///< 0: rejected, unless bundle_only
  std::string protocol;              ///< e.g. "UDP/TLS/RTP/SAVPF"
  std::vector<std::string> targets;  ///< the <fmt> words of m=, as they came
  std::vector<Format> formats;       ///< those of them that are payload types, in order of preference

  std::string mid;
  Direction direction = Direction::kSendRecv;
  bool bundle_only = false;
  bool rtcp_mux = false;
  bool rtcp_rsize = false;
  bool rcvr_rtt = false;  ///< a=rtcp-xr:rcvr-rtt=all, RFC 3611 §5.1
  std::vector<HeaderExtension> extensions;
  std::string msid;  ///< RFC 8830 §2, value as written
  std::vector<SsrcGroup> ssrc_groups;
  std::vector<SsrcAttribute> ssrcs;

  std::string ice_ufrag;
  std::string ice_pwd;
  bool trickle = false;  ///< a=ice-options:trickle, RFC 8840 §4.1.1
  std::vector<Fingerprint> fingerprints;
  std::optional<Setup> setup;
  std::vector<std::string> candidates;  ///< "candidate:…", unchecked
  bool end_of_candidates = false;       ///< RFC 8840 §4.1.2
  bool operator==(const MediaDescription&) const = default;

  /// The format with this payload type, or null.
  [[nodiscard]] const Format* format(std::uint8_t payload_type) const;
};

struct SessionDescription {
  std::string session_id = "0";  ///< of o=, a number of up to 63 bits; RFC 9429 §5.2.1
  std::uint64_t session_version = 0;
  bool ice_lite = false;
  std::vector<std::vector<std::string>> bundles;  ///< mids of each a=group:BUNDLE, RFC 9143
  std::vector<MediaDescription> media;
  bool operator==(const SessionDescription&) const = default;
};

}  // namespace perch::signaling::sdp
