// Which protocol a datagram belongs to, told by its first bytes.
#pragma once

#include "hal/base/bytes.hpp"

namespace perch::net {

enum class DatagramKind { kStun, kDtls, kRtp, kRtcp, kUnknown };

/// RFC 7983 §7 by the first byte; RFC 5761 §4 tells RTCP from RTP by the second.
[[nodiscard]] constexpr DatagramKind kind_of(ByteView datagram) {
  if (datagram.empty()) return DatagramKind::kUnknown;
  const std::uint8_t first = datagram[0];
  if (first <= 3) return DatagramKind::kStun;
  if (first >= 20 && first <= 63) return DatagramKind::kDtls;
  if (first < 128 || first > 191 || datagram.size() < 2) return DatagramKind::kUnknown;
  const bool rtcp = datagram[1] >= 192 && datagram[1] <= 223;
  return rtcp ? DatagramKind::kRtcp : DatagramKind::kRtp;
}

}  // namespace perch::net
