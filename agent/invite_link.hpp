// The link that an invitation is handed over as: PROTOCOL.md "Access".
#pragma once

#include "agent/config.hpp"
#include "agent/invitation.hpp"

namespace perch::agent {

/// Where viewers find page and broker. Empty texts are guessed from the configuration.
struct ViewerPlaces {
  std::string page;    ///< http://HOST:PORT/ or https://…
  std::string broker;  ///< ws://HOST:PORT/ or wss://…
};

/// kInvalid: an address given that no browser could open, with one that it could.
[[nodiscard]] Result<void> check_places(const ViewerPlaces& given);

/// `given` over `[access] page_url` and `[broker] viewer_url` over what demo and Debian's example broker do: page and
/// WebSockets on port 9001 of the broker's host; this machine's own name where that is a loopback address. kInvalid: a
/// page over https that would have to reach a broker over ws, which browsers forbid.
[[nodiscard]] Result<ViewerPlaces> viewer_places(const Config& config, const ViewerPlaces& given,
                                                 const std::string& host_name);

/// Everything a viewer needs, behind the `#` that browsers keep to themselves. Holds the key.
[[nodiscard]] std::string invite_link(const Config& config, const ViewerPlaces& places, const Invitation& invitation);

}  // namespace perch::agent
