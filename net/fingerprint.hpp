// SHA-256 of a certificate as SDP writes it: how each side knows that it talks to whom it was told.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace perch::net {

/// RFC 8122 §5, hash function "sha-256" only.
struct Fingerprint {
  std::array<std::uint8_t, 32> sha256{};

  /// 32 pairs of hex digits with colons between, as after "sha-256 " in a=fingerprint: "AB:CD:…".
  [[nodiscard]] std::string to_string() const;
  bool operator==(const Fingerprint&) const = default;
};

}  // namespace perch::net
