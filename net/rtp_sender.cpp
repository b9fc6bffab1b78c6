#include "net/rtp_sender.hpp"

#include <algorithm>
#include <utility>

#include "media/rtp/rtp_packet.hpp"
#include "net/srtp_session.hpp"

namespace perch::net {
namespace {

/// Two 12-bit fields in steps of 10 ms:
/// http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
std::array<std::uint8_t, 3> playout_delay_value(const PlayoutDelay& delay) {
  const auto field = [](milliseconds d) {
    return static_cast<unsigned>(std::clamp<std::int64_t>(d.count() / 10, 0, 4095));
  };
  const unsigned bits = field(delay.min) << 12 | field(delay.max);
  return {static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
}

/// 24 bits of 6.18 fixed point seconds, any zero:
/// http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
std::array<std::uint8_t, 3> abs_send_time_value(TimePoint now) {
  const auto us = static_cast<std::uint64_t>(to_us(now.time_since_epoch()));
  // Seconds and rest apart: a shift of the whole count would overflow after a month of uptime.
  const std::uint64_t bits = (us / 1'000'000) << 18 | ((us % 1'000'000) << 18) / 1'000'000;
  return {static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
}

std::array<std::uint8_t, 2> be16(std::uint16_t v) {
  return {static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)};
}

constexpr std::size_t kIpAndUdp = 28;
constexpr std::uint8_t kPadding = 224;  // [bytes] a multiple of 32, as others send

/// RFC 8285 §4.2: four bytes in front, a byte per element, all in words of four.
std::size_t extensions_size(const HeaderExtensionIds& ids, std::size_t mid) {
  std::size_t size = 0;
  if (ids.transport_wide_cc) size += 3;
  if (ids.abs_send_time) size += 4;
  if (ids.playout_delay) size += 4;
  if (ids.mid) size += 1 + mid;
  return size == 0 ? 0 : 4 + (size + 3) / 4 * 4;
}

}  // namespace

RtpSender::RtpSender(RtpSenderConfig config, rtp::SequenceNumber first, rtp::SequenceNumber first_rtx, SendLog& log)
    : config_(std::move(config)),
      log_(log),
      next_number_(first.value),
      next_rtx_(first_rtx),
      playout_delay_(playout_delay_value(config_.playout_delay)) {
  segments_.reserve(kMaxSegments);
  overhead_ = kIpAndUdp + rtp::kRtpFixedHeaderSize + extensions_size(config_.extensions, config_.mid.size()) +
              SrtpSession::kRtpOverhead;
}

void RtpSender::set_playout_delay(const PlayoutDelay& delay) { playout_delay_ = playout_delay_value(delay); }

void RtpSender::assign_next_number(rtp::Tier tier, rtp::PacketIndex index) {
  if (segments_.empty() || segments_.back().tier != tier || segments_.back().end != index) {
    if (segments_.size() == kMaxSegments) segments_.erase(segments_.begin());
    segments_.push_back({tier, index, index, next_number_});
  }
  ++segments_.back().end;
  ++next_number_;
}

std::optional<RtpSender::Sent> RtpSender::index_of(rtp::SequenceNumber number) const {
  // The newest packet with these 16 bits.
  const auto behind = static_cast<std::uint16_t>(static_cast<std::uint16_t>(next_number_ - 1) - number.value);
  const std::int64_t full = next_number_ - 1 - behind;
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    if (full < segment->number) continue;
    const rtp::PacketIndex index = segment->first + (full - segment->number);
    return index < segment->end ? std::optional(Sent{segment->tier, index}) : std::nullopt;
  }
  return std::nullopt;
}

void RtpSender::write_extensions(TimePoint now, rtp::RtpPacketWriter& out) const {
  const HeaderExtensionIds& ids = config_.extensions;
  // The same set in every packet keeps all packets of a frame the same size.
  if (ids.transport_wide_cc) out.extension(*ids.transport_wide_cc, be16(log_.next_number().value));
  if (ids.abs_send_time) out.extension(*ids.abs_send_time, abs_send_time_value(now));
  if (ids.playout_delay) out.extension(*ids.playout_delay, playout_delay_);
  if (ids.mid) out.extension(*ids.mid, as_bytes(config_.mid));
}

std::size_t RtpSender::finish(TimePoint now, std::size_t size) {
  if (config_.extensions.transport_wide_cc) log_.on_sent(now, size + SrtpSession::kRtpOverhead);
  return size;
}

rtp::Timestamp RtpSender::timestamp_of(const rtp::FramePackets& frame) const {
  const bool again = shifted_ && shifted_->tier == frame.tier && shifted_->timestamp == frame.timestamp;
  return again ? rtp::Timestamp{frame.timestamp.value + 1} : frame.timestamp;
}

std::size_t RtpSender::write_packet(TimePoint now, const rtp::FramePackets& frame, std::size_t i, ByteSpan out) {
  const ByteView payload = frame.payload(i);
  const rtp::SequenceNumber number{static_cast<std::uint16_t>(next_number_)};
  rtp::RtpPacketWriter packet(out, {marker(frame, i), config_.payload_type, number, timestamp_of(frame), config_.ssrc});
  write_extensions(now, packet);
  packet.payload(payload);
  const std::size_t size = packet.finish().size();
  if (size == 0) return 0;
  assign_next_number(frame.tier, frame.first_index + static_cast<rtp::PacketIndex>(i));
  last_timestamp_ = frame.timestamp;
  last_captured_at_ = frame.captured_at;
  ++packets_;
  octets_ += payload.size();
  budget_ = std::min(budget_ + 1, kMaxBudget);
  return finish(now, size);
}

bool RtpSender::admit_retransmission(TimePoint now, rtp::SequenceNumber number, Duration rtt) {
  Repeated& slot = repeated_[number.value % kRepeatedSlots];
  if (slot.used && slot.number == number && (slot.waits || now - slot.at < rtt)) return false;
  if (budget_ == 0) return false;
  --budget_;
  slot = {now, number, true, true};
  return true;
}

void RtpSender::forget_retransmission(rtp::SequenceNumber number) {
  Repeated& slot = repeated_[number.value % kRepeatedSlots];
  if (slot.number == number) slot.waits = false;
}

std::size_t RtpSender::write_retransmission(TimePoint now, const rtp::FramePackets& frame, std::size_t i,
                                            rtp::SequenceNumber number, ByteSpan out) {
  const std::size_t size = write_again(now, frame, i, number, out);
  if (size == 0) return 0;
  ++retransmitted_;
  Repeated& slot = repeated_[number.value % kRepeatedSlots];
  if (slot.number == number) slot = {now, number, true, false};
  return size;
}

std::size_t RtpSender::write_again(TimePoint now, const rtp::FramePackets& frame, std::size_t i,
                                   rtp::SequenceNumber number, ByteSpan out) {
  const bool rtx = uses_rtx();
  rtp::RtpHeader header{marker(frame, i), config_.payload_type, number, timestamp_of(frame), config_.ssrc};
  if (rtx) {
    header.payload_type = *config_.rtx_payload_type;
    header.sequence_number = next_rtx_;
    header.ssrc = *config_.rtx_ssrc;
  }
  rtp::RtpPacketWriter packet(out, header);
  write_extensions(now, packet);
  // RFC 4588 §4: the original sequence number goes in front of the payload.
  if (rtx) packet.payload(be16(number.value));
  packet.payload(frame.payload(i));
  const std::size_t size = packet.finish().size();
  if (size == 0) return 0;
  if (rtx) next_rtx_ = next_rtx_ + 1;
  return finish(now, size);
}

std::size_t RtpSender::write_empty_padding(TimePoint now, ByteSpan out) {
  rtp::RtpPacketWriter packet(out, {false, *config_.rtx_payload_type, next_rtx_, last_timestamp_, *config_.rtx_ssrc});
  write_extensions(now, packet);
  packet.padding(kPadding);
  const std::size_t size = packet.finish().size();
  if (size == 0) return 0;
  next_rtx_ = next_rtx_ + 1;
  return finish(now, size);
}

std::optional<rtcp::SenderReport> RtpSender::report(TimePoint now, const NtpClock& clock) const {
  if (packets_ == 0) return std::nullopt;
  rtcp::SenderReport out;
  out.ssrc = config_.ssrc;
  out.ntp = clock.at(now);
  // RFC 3550 §6.4.1: the RTP time of this very instant, not that of the last packet.
  const std::int64_t ticks = to_us(now - last_captured_at_) * config_.clock_rate / 1'000'000;
  out.rtp_timestamp = {last_timestamp_.value + static_cast<std::uint32_t>(ticks)};
  out.packet_count = static_cast<std::uint32_t>(packets_);
  out.octet_count = static_cast<std::uint32_t>(octets_);
  return out;
}

}  // namespace perch::net
