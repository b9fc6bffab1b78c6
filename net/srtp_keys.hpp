// Keying material for SRTP as the DTLS handshake exports it.
#pragma once

#include <array>
#include <cstdint>

#include "hal/base/private_file.hpp"

namespace perch::net {

/// RFC 5764 §4.1.2: SRTP_AES128_CM_HMAC_SHA1_80, the one profile every WebRTC endpoint has (RFC 8827 §6.5).
/// Every copy leaves nothing behind when it goes.
struct SrtpMasterKey {
  ~SrtpMasterKey() { wipe(this, sizeof *this); }
  std::array<std::uint8_t, 16> key{};
  std::array<std::uint8_t, 14> salt{};
  bool operator==(const SrtpMasterKey&) const = default;
};

/// `local` protects what we send, `remote` what the peer sends.
struct SrtpKeys {
  SrtpMasterKey local;
  SrtpMasterKey remote;
};

}  // namespace perch::net
