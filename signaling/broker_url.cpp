#include "signaling/broker_url.hpp"

#include <algorithm>

#include "hal/base/log.hpp"
#include "hal/base/text.hpp"

namespace perch::signaling {
namespace {

struct HostPort {
  std::string_view host;
  std::string_view port;  ///< empty: the scheme's own
};

HostPort split_host_port(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  if (bracket != std::string_view::npos) {
    const std::string_view rest = authority.substr(bracket + 1);
    return {authority.substr(1, bracket - 1), rest.starts_with(':') ? rest.substr(1) : rest};
  }
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

}  // namespace

Result<BrokerUrl> parse_broker_url(std::string_view url) {
  BrokerUrl parsed;
  if (url.starts_with("mqtts://")) {
    parsed.tls = true;
    parsed.port = 8883;
    url.remove_prefix(8);
  } else if (url.starts_with("mqtt://")) {
    url.remove_prefix(7);
  } else {
    return fail(Errc::kInvalid, "broker url must start with mqtt:// or mqtts:// (got " + in_quotes(url) + ")");
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  if (url.find('@') != std::string_view::npos)
    return fail(Errc::kInvalid, "broker url must not hold a password: use [broker] username and password_file");
  const HostPort parts = split_host_port(url);
  const auto is_foreign = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '?' || c == '#';
  };
  if (parts.host.empty() || std::any_of(parts.host.begin(), parts.host.end(), is_foreign))
    return fail(Errc::kInvalid, "broker url has no valid host name");
  parsed.host = parts.host;
  if (parts.port.empty()) return parsed;
  const auto port = parse_decimal(parts.port, 65535);
  if (!port || *port == 0) return fail(Errc::kInvalid, "broker url has a port outside 1-65535");
  parsed.port = static_cast<std::uint16_t>(*port);
  return parsed;
}

}  // namespace perch::signaling
