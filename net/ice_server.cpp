#include "net/ice_server.hpp"

#include <optional>

#include "hal/base/text.hpp"

namespace perch::net {
namespace {

/// Cuts `text` at the first `separator` and returns what follows, if there is one.
std::optional<std::string_view> cut_tail(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view tail = text.substr(at + 1);
  text = text.substr(0, at);
  return tail;
}

Result<IceServer::Kind> turn_kind(bool tls, std::optional<std::string_view> query) {
  if (tls) return IceServer::Kind::kTurnTls;
  if (!query || *query == "transport=udp") return IceServer::Kind::kTurnUdp;
  if (*query == "transport=tcp") return IceServer::Kind::kTurnTcp;
  return fail(Errc::kInvalid, "ICE server: only ?transport=udp or ?transport=tcp may follow a turn: address");
}

Result<void> take_credentials(std::string_view& rest, IceServer& server) {
  const std::size_t at = rest.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view user = rest.substr(0, at);
  const auto password = cut_tail(user, ':');
  rest = rest.substr(at + 1);
  if (user.empty() || !password || password->empty())
    return fail(Errc::kInvalid, "ICE server: credentials are written turn:USER:PASSWORD@HOST");
  server.username = user;
  server.credential = *password;
  return {};
}

Result<void> take_host_port(std::string_view rest, IceServer& server) {
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return fail(Errc::kInvalid, "ICE server: missing ] after an IPv6 address");
    port = rest.substr(end + 1);
    server.host = rest.substr(1, end - 1);
    if (server.host.find(':') == std::string::npos)  // RFC 3986 §3.2.2
      return fail(Errc::kInvalid, "ICE server: only IPv6 addresses stand in brackets");
    if (port.starts_with(':')) port.remove_prefix(1);
  } else {
    port = cut_tail(rest, ':').value_or("");
    server.host = rest;
  }
  if (server.host.empty() || server.host.find_first_of(" /[]\t\r\n") != std::string::npos)
    return fail(Errc::kInvalid, "ICE server: no valid host name");
  if (port.empty()) return {};
  const auto number = parse_decimal(port, 65535);
  if (!number || *number == 0) return fail(Errc::kInvalid, "ICE server: port outside 1-65535");
  server.port = static_cast<std::uint16_t>(*number);
  return {};
}

}  // namespace

Result<IceServer> parse_ice_server(std::string_view uri) {
  IceServer server;
  std::string_view rest = uri;
  const auto after_scheme = cut_tail(rest, ':');
  const std::string_view scheme = rest;
  if (!after_scheme || (scheme != "stun" && scheme != "turn" && scheme != "turns"))
    return fail(Errc::kInvalid, "ICE server must start with stun:, turn: or turns:");
  rest = *after_scheme;
  if (scheme == "turns") server.port = 5349;  // RFC 7065 §3.2
  if (scheme != "stun") {
    if (auto taken = take_credentials(rest, server); !taken) return fail(std::move(taken.error()));
    auto kind = turn_kind(scheme == "turns", cut_tail(rest, '?'));
    if (!kind) return fail(std::move(kind.error()));
    server.kind = *kind;
  }
  if (auto taken = take_host_port(rest, server); !taken) return fail(std::move(taken.error()));
  return server;
}

std::string uri_of(const IceServer& server) {
  const bool v6 = server.host.find(':') != std::string::npos;
  const std::string address = (v6 ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port);
  switch (server.kind) {
    case IceServer::Kind::kStun: return "stun:" + address;
    case IceServer::Kind::kTurnUdp: return "turn:" + address + "?transport=udp";
    case IceServer::Kind::kTurnTcp: return "turn:" + address + "?transport=tcp";
    case IceServer::Kind::kTurnTls: return "turns:" + address + "?transport=tcp";
  }
  return {};
}

}  // namespace perch::net
