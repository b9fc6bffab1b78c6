// The [ice] section turned into what the transport takes and what viewers are told.
#pragma once

#include <string>
#include <vector>

#include "agent/config.hpp"
#include "net/ice_agent.hpp"
#include "signaling/messages.hpp"

namespace perch::agent {

/// Reads the secret file. Errors: it cannot be read; a TURN server without credentials and no secret to make them.
[[nodiscard]] Result<net::IceConfig> ice_config(const Config& config);

/// For `state`, which everybody at the broker reads: only what needs no credentials. A TURN server that is reached over
/// UDP answers STUN as well (RFC 8656 §5), so that no other is needed to see one's own address.
[[nodiscard]] std::vector<signaling::IceServer> public_ice_servers(const net::IceConfig& ice);

/// For the answer to one viewer: TURN servers with credentials, of its own where there is a secret.
[[nodiscard]] std::vector<signaling::IceServer> viewer_ice_servers(const net::IceConfig& ice, const std::string& viewer,
                                                                   nanoseconds unix_now);

}  // namespace perch::agent
