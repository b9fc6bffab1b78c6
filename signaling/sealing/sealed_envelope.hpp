// What is around a sealed message: PROTOCOL.md "Access".
#pragma once

#include <optional>
#include <string_view>

#include "hal/base/bytes.hpp"
#include "signaling/sealing/aead.hpp"

namespace perch::signaling {

struct SealedEnvelope {
  Nonce nonce{};
  Bytes sealed;  ///< ciphertext and tag
  bool operator==(const SealedEnvelope&) const = default;
};

/// Longer ones have to be flat: PROTOCOL.md "Limits".
inline constexpr std::size_t kMaxNestedEnvelope = 1024;  // [bytes]

/// Of `{"v":1,"n":"…","c":"…"}`, which may hold more. Nothing: it is none. Anybody may send one in an invited name, so
/// what everybody writes, strings without escapes and whole numbers, is read in strides; anything else is left
/// to cJSON, which looks at every letter several times.
[[nodiscard]] std::optional<SealedEnvelope> parse_sealed_envelope(std::string_view payload);

}  // namespace perch::signaling
