// DTLS records as they lie in a datagram, before any cryptography.
#pragma once

#include "hal/base/bytes.hpp"

namespace perch::net {

/// The part of `datagram` up to the first record that is cut short or no DTLS record at all. mbedTLS takes a fragment
/// of a record behind a stale one for its own mistake and gives the connection up, so it never gets to see one.
[[nodiscard]] inline ByteView whole_records(ByteView datagram) {
  constexpr std::size_t kRecordHeader = 13;  // RFC 6347 §4.1
  constexpr std::size_t kMinContentType = 20;
  constexpr std::size_t kMaxContentType = 23;
  ByteReader in(datagram);
  std::size_t whole = 0;
  while (in.remaining() >= kRecordHeader) {
    const std::uint8_t type = in.u8();
    in.skip(10);  // version, epoch, sequence number
    in.skip(in.u16());
    if (!in.ok() || type < kMinContentType || type > kMaxContentType) break;
    whole = datagram.size() - in.remaining();
  }
  return datagram.first(whole);
}

/// Is the first record of `records` (not empty, whole) without encryption, as before the handshake's end?
[[nodiscard]] inline bool is_plaintext(ByteView records) { return records[3] == 0 && records[4] == 0; }

/// Does the first record of `records` (not empty, whole) begin a ClientHello?
[[nodiscard]] inline bool is_client_hello(ByteView records) {
  constexpr std::uint8_t kHandshake = 22;
  constexpr std::uint8_t kClientHello = 1;
  return records.size() > 13 && records[0] == kHandshake && is_plaintext(records) && records[13] == kClientHello;
}

}  // namespace perch::net
