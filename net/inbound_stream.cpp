#include "net/inbound_stream.hpp"

namespace perch::net {

std::optional<InboundPacket> InboundStream::on_packet(TimePoint now, const rtp::RtpPacketView& packet) {
  if (packet.header.payload_type != payload_type_) return std::nullopt;
  if (packet.payload.empty() || packet.payload.size() > kMaxPayload) return std::nullopt;
  if (ssrc_ != packet.header.ssrc) {
    ssrc_ = packet.header.ssrc;
    unwrapper_ = {};
    statistics_ = ReceiveStatistics(clock_rate_);
  }
  statistics_.on_packet(now, unwrapper_.unwrap(packet.header.sequence_number), packet.header.timestamp);
  return InboundPacket{packet.header.ssrc,
                       packet.header.sequence_number,
                       packet.header.timestamp,
                       now,
                       {packet.payload.begin(), packet.payload.end()}};
}

void InboundStream::on_sender_report(TimePoint now, const rtcp::SenderReport& report) {
  if (ssrc_ == report.ssrc) statistics_.on_sender_report(now, report);
}

std::optional<rtcp::ReportBlock> InboundStream::block(TimePoint now) {
  if (!ssrc_) return std::nullopt;
  return statistics_.block(now, *ssrc_);
}

}  // namespace perch::net
