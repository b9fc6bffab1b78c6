// STUN and TURN servers as they stand in the configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hal/base/result.hpp"

namespace perch::net {

struct IceServer {
  enum class Kind : std::uint8_t { kStun, kTurnUdp, kTurnTcp, kTurnTls };
  Kind kind = Kind::kStun;
  std::string host;
  std::uint16_t port = 3478;
  std::string username;    ///< TURN only
  std::string credential;  ///< TURN only; never logged

  [[nodiscard]] bool lacks_credentials() const { return kind != Kind::kStun && username.empty(); }
};

/// `stun:HOST[:PORT]` (RFC 7064) or `turn:[USER:PASSWORD@]HOST[:PORT][?transport=udp|tcp]`, `turns:…` (RFC 7065 with
/// the credentials in front). Ports default to 3478, 5349 for turns. IPv6 addresses in brackets. Without credentials
/// they are to be made: see turn_credentials.hpp.
[[nodiscard]] Result<IceServer> parse_ice_server(std::string_view uri);

/// The server's URI without credentials, as browsers take it in RTCIceServer.urls.
[[nodiscard]] std::string uri_of(const IceServer& server);

}  // namespace perch::net
