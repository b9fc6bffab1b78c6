// What a viewer sends us (the talk): accepted by payload type, counted for receiver reports, handed on as it came.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/bytes.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "net/receive_statistics.hpp"

namespace perch::net {

/// One packet of a viewer's media, authentic, in any order and possibly with gaps.
struct InboundPacket {
  rtp::Ssrc ssrc = 0;
  rtp::SequenceNumber sequence_number;
  rtp::Timestamp timestamp;
  TimePoint arrived_at;
  Bytes payload;
};

/// One source at a time: another SSRC begins anew (a browser takes a new one with a new track). Single thread (net).
class InboundStream {
 public:
  InboundStream(std::uint8_t payload_type, std::uint32_t clock_rate)
      : payload_type_(payload_type), clock_rate_(clock_rate), statistics_(clock_rate) {}

  /// Nothing for a payload type that was not agreed, or a payload no talk needs (empty, or over kMaxPayload).
  [[nodiscard]] std::optional<InboundPacket> on_packet(TimePoint now, const rtp::RtpPacketView& packet);
  void on_sender_report(TimePoint now, const rtcp::SenderReport& report);
  /// For the next report; nothing before the first packet.
  [[nodiscard]] std::optional<rtcp::ReportBlock> block(TimePoint now);

  /// RFC 6716 §3.2.1: an Opus frame has at most 1275 bytes; 20 ms packets of speech have some 100.
  static constexpr std::size_t kMaxPayload = 1275;

 private:
  std::uint8_t payload_type_;
  std::uint32_t clock_rate_;
  std::optional<rtp::Ssrc> ssrc_;
  rtp::SequenceUnwrapper unwrapper_;
  ReceiveStatistics statistics_;
};

}  // namespace perch::net
