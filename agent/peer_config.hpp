// Translates what SDP agreed on into what the transport needs; the two layers do not know each other.
#pragma once

#include "net/ice_agent.hpp"
#include "net/peer.hpp"
#include "signaling/sdp/negotiated.hpp"

namespace perch::agent {

/// `may_talk`: the viewer may send sound, now or by a later offer.
[[nodiscard]] net::PeerConfig peer_config(const signaling::sdp::NegotiatedSession& agreed, const std::string& cname,
                                          bool may_talk);
[[nodiscard]] net::IceCredentials remote_credentials(const signaling::sdp::NegotiatedSession& agreed);

}  // namespace perch::agent
