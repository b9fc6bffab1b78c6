#include "agent/ice_setup.hpp"

#include <unistd.h>

#include "agent/config_file.hpp"
#include "hal/base/log.hpp"
#include "net/turn_credentials.hpp"

namespace perch::agent {
namespace {

using Kind = net::IceServer::Kind;

Result<void> check_credentials(const net::IceConfig& ice) {
  for (const net::IceServer& server : ice.servers)
    if (server.lacks_credentials() && ice.turn_secret.empty())
      return fail(Errc::kInvalid, "[ice] servers: " + in_quotes(net::uri_of(server)) +
                                      " needs credentials, turn:USER:PASSWORD@HOST, or a turn_secret_file");
  return {};
}

}  // namespace

Result<net::IceConfig> ice_config(const Config& config) {
  net::IceConfig ice;
  for (const std::string& uri : config.ice.servers)
    if (auto server = net::parse_ice_server(uri)) ice.servers.push_back(std::move(*server));
  ice.local_addresses = config.ice.local_addresses;
  ice.ca_file = config.ice.ca_file;
  ice.force_relay = config.ice.force_relay;
  ice.tcp = config.ice.tcp;
  if (!config.ice.turn_secret_file.empty()) {
    auto secret = read_secret_file(config.ice.turn_secret_file);
    if (!secret) return fail(std::move(secret.error()));
    ice.turn_secret = std::move(*secret);
  }
  if (!ice.ca_file.empty() && ::access(ice.ca_file.c_str(), R_OK) != 0)
    return fail_errno("[ice] ca_file: cannot read " + in_quotes(ice.ca_file));
  if (auto checked = check_credentials(ice); !checked) return fail(std::move(checked.error()));
  return ice;
}

std::vector<signaling::IceServer> public_ice_servers(const net::IceConfig& ice) {
  std::vector<signaling::IceServer> servers;
  for (net::IceServer server : ice.servers) {
    if (server.kind == Kind::kTurnUdp) server.kind = Kind::kStun;
    if (server.kind == Kind::kStun) servers.push_back({{net::uri_of(server)}, {}, {}});
  }
  return servers;
}

std::vector<signaling::IceServer> viewer_ice_servers(const net::IceConfig& ice, const std::string& viewer,
                                                     nanoseconds unix_now) {
  std::vector<signaling::IceServer> servers;
  for (const net::IceServer& configured : ice.servers) {
    if (configured.kind == Kind::kStun) continue;
    const auto server = net::with_credentials(configured, ice.turn_secret, viewer, unix_now);
    if (server) servers.push_back({{net::uri_of(*server)}, server->username, server->credential});
  }
  return servers;
}

}  // namespace perch::agent
