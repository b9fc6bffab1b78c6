// The broker's address as it stands in the configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hal/base/result.hpp"

namespace perch::signaling {

struct BrokerUrl {
  std::string host;
  std::uint16_t port = 1883;
  bool tls = false;
};

/// `mqtt://host[:port]` (1883) or `mqtts://host[:port]` (8883); IPv6 addresses in brackets. User names and passwords in
/// the URL are refused: they would end up in logs (use username and password_file).
[[nodiscard]] Result<BrokerUrl> parse_broker_url(std::string_view url);

}  // namespace perch::signaling
