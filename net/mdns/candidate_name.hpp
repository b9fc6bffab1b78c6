// The name in a candidate line, and the line with an address in its place.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace perch::net::mdns {

/// The connection-address (RFC 8839 §5.1) of a UDP candidate when that is a `.local` name; borrowed from `candidate`.
/// TCP ones are left out: a browser's are active (RFC 6544 §4.5), it connects by itself.
[[nodiscard]] std::optional<std::string_view> name_in_candidate(std::string_view candidate);
/// `candidate`, one with a name, with `address` in its place.
[[nodiscard]] std::string with_address(std::string_view candidate, std::string_view address);

}  // namespace perch::net::mdns
