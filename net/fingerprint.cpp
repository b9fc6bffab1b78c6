#include "net/fingerprint.hpp"

namespace perch::net {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;  // RFC 8122 §5 writes upper case; accept what others send
  return -1;
}

}  // namespace

std::optional<Fingerprint> Fingerprint::parse(std::string_view text) {
  Fingerprint out;
  if (text.size() != out.sha256.size() * 3 - 1) return std::nullopt;
  for (std::size_t i = 0; i < out.sha256.size(); ++i) {
    const int high = hex_value(text[3 * i]);
    const int low = hex_value(text[3 * i + 1]);
    const bool last = i + 1 == out.sha256.size();
    if (high < 0 || low < 0 || (!last && text[3 * i + 2] != ':')) return std::nullopt;
    out.sha256[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return out;
}

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
