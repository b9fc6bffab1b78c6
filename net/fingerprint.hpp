// SHA-256 of a certificate as SDP writes it: how each side knows that it talks to whom it was told.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hal/base/bytes.hpp"

namespace perch::net {

/// RFC 8122 §5, hash function "sha-256" only.
struct Fingerprint {
  std::array<std::uint8_t, 32> sha256{};

  /// 32 pairs of hex digits of either case with colons between, as after "sha-256 " in a=fingerprint.
  [[nodiscard]] static std::optional<Fingerprint> parse(std::string_view text);
  /// Upper case with colons: "AB:CD:…".
  [[nodiscard]] std::string to_string() const;
  bool operator==(const Fingerprint&) const = default;
};

}  // namespace perch::net
