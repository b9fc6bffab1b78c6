// Any text as a STUN or TURN server: what is taken is complete, and its public form holds no password.
#include <cstdlib>

#include "hal/base/bytes.hpp"
#include "net/ice_server.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  const auto server = net::parse_ice_server(as_text({data, size}));
  if (!server) return 0;
  if (server->host.empty() || server->port == 0) std::abort();
  const auto again = net::parse_ice_server(net::uri_of(*server));
  if (!again || again->host != server->host || again->port != server->port || again->kind != server->kind) std::abort();
  if (!again->credential.empty() || !again->username.empty()) std::abort();
  return 0;
}
