// Extended reports: the pair of blocks by which a receiver that sends no media learns the round-trip time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/base/time.hpp"
#include "media/rtp/types.hpp"
#include "net/rtcp/packet.hpp"

namespace perch::net::rtcp {

/// RFC 3611. Other blocks are stepped over.
struct ExtendedReport {
  /// §4.5, one sub-block of DLRR.
  struct DelaySinceLastRr {
    rtp::Ssrc ssrc = 0;         ///< who sent the RRTR
    std::uint32_t last_rr = 0;  ///< middle of the RRTR's NTP time
    std::uint32_t delay = 0;    ///< [1/65536 s]
  };
  rtp::Ssrc ssrc = 0;
  std::optional<NtpTime> receiver_reference_time;  ///< §4.4, RRTR
  std::vector<DelaySinceLastRr> delays;
};

[[nodiscard]] std::optional<ExtendedReport> parse_extended_report(const PacketView& packet);
void write(ByteWriter& out, const ExtendedReport& report);

}  // namespace perch::net::rtcp
