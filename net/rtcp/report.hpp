// Sender and receiver reports: who sent how much, what arrived, and the material for round-trip times.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/base/time.hpp"
#include "media/rtp/types.hpp"
#include "net/rtcp/packet.hpp"

namespace perch::net::rtcp {

/// RFC 3550 §6.4.1: one source as its receiver sees it.
struct ReportBlock {
  rtp::Ssrc ssrc = 0;
  std::uint8_t fraction_lost = 0;    ///< of the packets since the last report [1/256]
  std::int32_t cumulative_lost = 0;  ///< since the start, 24 bits, negative with duplicates
  std::uint32_t extended_highest_sequence_number = 0;
  std::uint32_t jitter = 0;               ///< [RTP clock ticks]
  std::uint32_t last_sr = 0;              ///< middle of the SR's NTP time; 0 when none arrived
  std::uint32_t delay_since_last_sr = 0;  ///< [1/65536 s]
  bool operator==(const ReportBlock&) const = default;
};

struct SenderReport {
  rtp::Ssrc ssrc = 0;
  NtpTime ntp;
  rtp::Timestamp rtp_timestamp;  ///< the same instant on the media clock
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;  ///< payload only
  std::vector<ReportBlock> blocks;
};

struct ReceiverReport {
  rtp::Ssrc ssrc = 0;
  std::vector<ReportBlock> blocks;
};

[[nodiscard]] std::optional<SenderReport> parse_sender_report(const PacketView& packet);
[[nodiscard]] std::optional<ReceiverReport> parse_receiver_report(const PacketView& packet);
/// At most 31 blocks are written.
void write(ByteWriter& out, const SenderReport& report);
void write(ByteWriter& out, const ReceiverReport& report);

}  // namespace perch::net::rtcp
