// RTP packets as bytes: a parser that borrows, and a writer that puts one packet into a given buffer without
// allocating.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "hal/base/bytes.hpp"
#include "media/rtp/types.hpp"

namespace perch::rtp {

/// The fixed header, RFC 3550 §5.1. `payload_type` is 0..127; contributing sources are never written.
struct RtpHeader {
  bool marker = false;
  std::uint8_t payload_type = 0;
  SequenceNumber sequence_number;
  Timestamp timestamp;
  Ssrc ssrc = 0;
};

inline constexpr std::size_t kRtpFixedHeaderSize = 12;

/// A parsed packet. All views point into the bytes it was parsed from.
struct RtpPacketView {
  RtpHeader header;
  ByteView extensions;  ///< elements of the one-byte form, without its four bytes of "0xBEDE, length"; may be empty
  ByteView payload;     ///< without padding
  std::size_t header_size = 0;  ///< [bytes] in front of the payload

  /// The value of the one-byte extension `id` [1..14]; nothing when the packet does not carry it.
  [[nodiscard]] std::optional<ByteView> extension(std::uint8_t id) const;
};

/// Nothing when the bytes are not an RTP packet. Pure; any thread.
[[nodiscard]] std::optional<RtpPacketView> parse_rtp_packet(ByteView bytes);

/// Writes one packet front to back: header, extensions, payload. Past the end of the buffer nothing more is written and
/// finish() gives an empty span. Single use.
class RtpPacketWriter {
 public:
  /// `out` is borrowed until finish().
  RtpPacketWriter(ByteSpan out, const RtpHeader& header);
  /// Appends the extension `id` [1..14] with a value of 1..16 bytes. Not after payload().
  void extension(std::uint8_t id, ByteView value);
  /// Closes the header and appends to the payload. May be called more than once (RTX puts two bytes in front).
  void payload(ByteView bytes);
  /// Ends the packet with `size` [1..255] bytes that are not payload, RFC 3550 §5.1.
  void padding(std::uint8_t size);
  /// The whole packet, or empty when it did not fit or an argument was out of range.
  [[nodiscard]] ByteSpan finish();

 private:
  void close_header();

  ByteSpan buffer_;
  ByteWriter out_;        // the header
  std::size_t used_ = 0;  // [bytes] once the header is closed
  bool failed_ = false;
  bool header_open_ = true;
  std::size_t extensions_at_ = 0;  // offset of the first element, 0 while there is none
};

}  // namespace perch::rtp
