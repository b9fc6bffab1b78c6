#include "net/fingerprint.hpp"

#include <string_view>

namespace perch::net {

std::string Fingerprint::to_string() const {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(sha256.size() * 3);
  for (const std::uint8_t byte : sha256) {
    if (!out.empty()) out += ':';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0x0F];
  }
  return out;
}

}  // namespace perch::net
