// See invite_link.hpp.
#include "agent/invite_link.hpp"

#include <array>
#include <cstdio>

#include "agent/config_checks.hpp"
#include "agent/ice_setup.hpp"
#include "hal/base/log.hpp"
#include "hal/base/text.hpp"
#include "signaling/broker_url.hpp"

namespace perch::agent {
namespace {

constexpr char kWebPort[] = ":9001/";

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

/// RFC 3986 §3.5: what may stand in a fragment as it is, without what separates our fields.
bool is_plain(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("-._~:/?@,[]").find(c) != std::string_view::npos;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    std::array<char, 4> escape{};
    std::snprintf(escape.data(), escape.size(), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += escape.data();
  }
  return out;
}

/// A camera that is sealed names its servers in the invitation: `state` could be anybody's.
std::string ice_of(const Config& config) {
  net::IceConfig ice;
  for (const std::string& uri : config.ice.servers)
    if (auto server = net::parse_ice_server(uri)) ice.servers.push_back(std::move(*server));
  std::string list;
  for (const auto& server : public_ice_servers(ice))
    for (const std::string& url : server.urls) list += (list.empty() ? "" : ",") + url;
  return list;
}

}  // namespace

Result<void> check_places(const ViewerPlaces& given) {
  if (const auto page = check_page_url(given.page); !page)
    return fail(Errc::kInvalid,
                "--page " + in_quotes(given.page) + ' ' + page.error().message() + ", as http://camera.local:9001/");
  if (const auto broker = check_web_socket_url(given.broker); !broker)
    return fail(Errc::kInvalid, "--broker " + in_quotes(given.broker) + ' ' + broker.error().message() +
                                    ", as ws://camera.local:9001/: browsers reach brokers through WebSockets only");
  return {};
}

Result<ViewerPlaces> viewer_places(const Config& config, const ViewerPlaces& given, const std::string& host_name) {
  const auto broker = signaling::parse_broker_url(config.broker.url);
  if (!broker) return fail(broker.error());
  std::string host = is_loopback(broker->host) ? host_name : broker->host;
  if (host.find(':') != std::string::npos && !host.starts_with('[')) host = '[' + host + ']';
  ViewerPlaces places;
  places.page = !given.page.empty() ? given.page : config.access.page_url;
  places.broker = !given.broker.empty() ? given.broker : config.broker.viewer_url;
  const std::string s = broker->tls ? "s" : "";
  if (places.page.empty()) places.page = "http" + s + "://" + host + kWebPort;
  if (places.broker.empty()) places.broker = "ws" + s + "://" + host + kWebPort;
  if (places.page.starts_with("https:") && places.broker.starts_with("ws:"))
    return fail(Errc::kInvalid, "browsers do not let the page " + in_quotes(places.page) + " reach a broker at " +
                                    in_quotes(places.broker) + ": give it a wss:// address with --broker");
  return places;
}

std::string invite_link(const Config& config, const ViewerPlaces& places, const Invitation& invitation) {
  std::string link = places.page + "#broker=" + encoded(places.broker);
  if (config.broker.prefix != Config{}.broker.prefix) link += "&prefix=" + encoded(config.broker.prefix);
  link += "&camera=" + config.camera.id + "&viewer=" + invitation.viewer;
  link += "&key=" + base64url_encode(invitation.key.bytes());
  if (const std::string ice = ice_of(config); !ice.empty()) link += "&ice=" + encoded(ice);
  return link;
}

}  // namespace perch::agent
