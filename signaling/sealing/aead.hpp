// The cryptography of sealed messages: PROTOCOL.md "Access". The one place that knows the library.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "hal/base/bytes.hpp"
#include "signaling/sealing/secret_key.hpp"

namespace perch::signaling {

using Nonce = std::array<std::uint8_t, 12>;
inline constexpr std::size_t kTagSize = 16;  ///< [bytes], behind the ciphertext

/// Which way a message goes; each way has a key of its own, so that nothing can be sent back to whom it came from.
enum class Way { kToCamera, kToViewer };

/// HKDF-SHA256 (RFC 5869) of the viewer's key: salt the session, info "perch v1 in" or "perch v1 to".
/// Throws std::bad_alloc.
[[nodiscard]] SecretKey derive_key(const SecretKey& viewer_key, std::string_view session, Way way);

/// ChaCha20-Poly1305 (RFC 8439 §2.8): ciphertext and tag. A nonce must never be used twice with one key; 12 random
/// bytes for each of a session's few messages are far from a collision.
[[nodiscard]] Bytes seal(const SecretKey& key, const Nonce& nonce, std::string_view additional_data,
                         std::string_view plaintext);
/// Nothing when it was not sealed with this key, nonce and additional data, to the bit.
[[nodiscard]] std::optional<std::string> open(const SecretKey& key, const Nonce& nonce,
                                              std::string_view additional_data, ByteView sealed);

}  // namespace perch::signaling
