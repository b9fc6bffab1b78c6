// Multicast DNS messages, as far as finding the address behind a name needs them.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"

namespace perch::net::mdns {

/// RFC 1035 §3.2.2, RFC 3596 §2.1.
enum class RecordType : std::uint16_t { kA = 1, kAaaa = 28 };

using Address = std::variant<in_addr, in6_addr>;

/// As inet_ntop() writes it.
[[nodiscard]] std::string to_string(const Address& address);

struct AddressRecord {
  std::string name;  ///< in lower case: RFC 6762 §16
  Address address;
};

/// One question for `name`, "x.local" with labels of at most 63 bytes. One per message: some responders, Chromium's
/// among them, leave a message with several unanswered.
[[nodiscard]] Bytes write_query(std::string_view name, RecordType type);

/// All A and AAAA records of a response, in whichever section; others are skipped. kInvalid: no response, or cut short,
/// or names that never end.
[[nodiscard]] Result<std::vector<AddressRecord>> parse_response(ByteView message);

}  // namespace perch::net::mdns
