// ICE candidate lines, understood far enough to keep the hostile ones away from the ICE agent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hal/base/result.hpp"

namespace perch::signaling::sdp {

enum class CandidateType { kHost, kServerReflexive, kPeerReflexive, kRelayed };
enum class CandidateTransport { kUdp, kTcp };

/// RFC 8839 §5.1.
struct Candidate {
  std::string foundation;
  std::uint16_t component = 1;
  CandidateTransport transport = CandidateTransport::kUdp;
  std::uint32_t priority = 0;
  std::string address;  ///< IPv4, IPv6, or a `.local` name (mDNS)
  std::uint16_t port = 0;
  CandidateType type = CandidateType::kHost;
  bool operator==(const Candidate&) const = default;

  [[nodiscard]] bool is_mdns() const { return address.ends_with(".local"); }
};

/// `candidate:…`, with or without `a=` in front. kInvalid: not a candidate. kUnsupported: well formed, but nothing to
/// send packets to: other components than RTP's (everything is muxed), other transports, TCP that wants to be connected
/// to, host names outside `.local` (no DNS look-ups on a stranger's behalf), unspecified, broadcast and multicast
/// addresses, port 0.
[[nodiscard]] Result<Candidate> parse_candidate(std::string_view text);

}  // namespace perch::signaling::sdp
