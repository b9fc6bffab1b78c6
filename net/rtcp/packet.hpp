// What all RTCP packets share: the common header, read as a view and written with its length filled in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "hal/base/bytes.hpp"

namespace perch::net::rtcp {

/// RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2.
enum class PacketType : std::uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSourceDescription = 202,
  kGoodbye = 203,
  kTransportLayerFeedback = 205,
  kPayloadSpecificFeedback = 206,
  kExtendedReport = 207,
};

/// One packet of a compound, borrowed. RFC 3550 §6.4.1.
struct PacketView {
  std::uint8_t count = 0;  ///< [0..31] report or chunk count, or the feedback message type
  PacketType type{};
  ByteView body;  ///< after the four bytes of header, without padding
};

/// Takes the next packet off `in`. Nothing when version, length or padding are wrong.
[[nodiscard]] std::optional<PacketView> next_packet(ByteReader& in);

/// Writes the common header at once and its length when it goes out of scope. The content must be a multiple of four
/// bytes, or be closed with pad().
class PacketScope {
 public:
  PacketScope(ByteWriter& out, std::size_t count, PacketType type);
  PacketScope(const PacketScope&) = delete;
  PacketScope& operator=(const PacketScope&) = delete;
  ~PacketScope();
  /// Fills up to a whole word with RTCP padding (RFC 3550 §6.4.1); only in the last packet of a compound.
  void pad();

 private:
  ByteWriter& out_;
  std::size_t start_;
};

}  // namespace perch::net::rtcp
