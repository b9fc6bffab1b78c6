// Time-limited TURN credentials, as coturn (use-auth-secret) and others make them out of a shared secret.
#pragma once

#include <string>
#include <string_view>

#include "hal/base/result.hpp"
#include "hal/base/time.hpp"
#include "net/ice_server.hpp"

namespace perch::net {

/// How long credentials are good for: TURN servers look at it when an allocation is made, not while it is kept.
inline constexpr seconds kTurnCredentialLife{24 * 3600};

struct TurnCredentials {
  std::string username;  ///< "EXPIRY:NAME", EXPIRY in Unix seconds
  std::string password;  ///< base64 of HMAC-SHA1(secret, username)
};

/// draft-uberti-behave-turn-rest-00 §2.2. `name` tells the server's log who it is. kInternal: no SHA-1 in the library.
[[nodiscard]] Result<TurnCredentials> time_limited_credentials(std::string_view secret, std::string_view name,
                                                               nanoseconds unix_expiry);

/// `server` with credentials for `name`: its own where it has some, else made from the secret. `unix_now`: wall clock.
[[nodiscard]] Result<IceServer> with_credentials(IceServer server, std::string_view secret, std::string_view name,
                                                 nanoseconds unix_now);

}  // namespace perch::net
