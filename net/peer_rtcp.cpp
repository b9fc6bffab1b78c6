// What a Peer tells and learns by RTCP.
#include <algorithm>
#include <utility>

#include "net/peer.hpp"

namespace perch::net {
namespace {

constexpr Duration kFeedbackInterval = milliseconds(100);  // what browsers do; a voice needs no more
constexpr Duration kReportInterval = seconds(1);
constexpr std::size_t kMaxReferenceTimes = 4;  // one per SSRC the viewer reports from: video, audio, and room
// Until receiver reports tell better: a usual round trip between two homes.
constexpr Duration kAssumedRoundTrip = milliseconds(100);
constexpr Duration kLongestRoundTrip = seconds(10);

/// 16.16 fixed point seconds as RTCP has them.
Duration from_ntp_short(std::uint32_t value) {
  return nanoseconds((static_cast<std::int64_t>(value) * 1'000'000'000) >> 16);
}
std::uint32_t to_ntp_short(Duration d) { return static_cast<std::uint32_t>((to_us(d) << 16) / 1'000'000); }

}  // namespace

void Peer::on_packet(const rtcp::SenderReport& report) {
  if (talk_) talk_->on_sender_report(now_, report);
  on_blocks(report.blocks);
}

void Peer::on_packet(const rtcp::Nack& nack) {
  const Duration rtt = stats_.round_trip.value_or(kAssumedRoundTrip);
  if (OutboundStream* stream = stream_of(nack.media_ssrc)) stream->on_nack(now_, nack, rtt, pacer_);
}

void Peer::on_packet(const rtcp::PictureLossIndication& request) {
  if (OutboundStream* stream = stream_of(request.media_ssrc)) stream->on_picture_loss();
}

void Peer::on_packet(const rtcp::FullIntraRequest& request) {
  for (const rtcp::FullIntraRequest::Entry& entry : request.entries) {
    if (OutboundStream* stream = stream_of(entry.ssrc)) stream->on_full_intra_request(entry.sequence_number);
  }
}

void Peer::on_packet(const rtcp::TransportFeedback& feedback) {
  ++stats_.transport_feedbacks;
  log_.on_feedback(now_, feedback, [this](const SendLog::PacketResult& packet) {
    ++(packet.arrived_at ? stats_.feedback_arrived : stats_.feedback_lost);
    congestion_.on_packet(packet);
  });
  congestion_.on_feedback(now_);
  if (const auto probe = congestion_.next_probe(now_)) pacer_.probe(*probe);
  path_reported_ = true;
}

void Peer::on_packet(const rtcp::Remb& remb) {
  stats_.remb = remb.bitrate;
  congestion_.on_remb(now_, remb.bitrate);
  path_reported_ = true;
}

void Peer::on_packet(const rtcp::ExtendedReport& report) {
  if (!report.receiver_reference_time || streams_.empty()) return;
  const ReferenceTime entry{report.ssrc, report.receiver_reference_time->middle(), now_};
  const auto known = std::ranges::find(reference_times_, report.ssrc, &ReferenceTime::ssrc);
  if (known != reference_times_.end()) {
    *known = entry;
  } else if (reference_times_.size() < kMaxReferenceTimes) {
    reference_times_.push_back(entry);
    next_report_at_ = now_;  // the first answer lets the browser place our clock; do not keep it waiting
  }
}

void Peer::on_blocks(const std::vector<rtcp::ReportBlock>& blocks) {
  for (const rtcp::ReportBlock& block : blocks) {
    const OutboundStream* stream = stream_of(block.ssrc);
    if (stream == nullptr) continue;
    measure_round_trip(block);
    const Duration jitter =
        nanoseconds(std::int64_t{block.jitter} * 1'000'000'000 / stream->sender().config().clock_rate);
    if (stream == audio()) {
      if (lip_sync_) lip_sync_->on_jitter(jitter);
      stats_.audio_fraction_lost = block.fraction_lost / 256.0;
      continue;
    }
    stats_.fraction_lost = block.fraction_lost / 256.0;
    stats_.cumulative_lost = block.cumulative_lost;
    stats_.jitter = jitter;
  }
}

/// RFC 3550 §6.4.1: now - LSR - DLSR, all in 1/65536 s modulo 2^32.
void Peer::measure_round_trip(const rtcp::ReportBlock& block) {
  if (block.last_sr == 0) return;
  const auto ticks = static_cast<std::int32_t>(clock_.at(now_).middle() - block.last_sr - block.delay_since_last_sr);
  // Rounding may give a little less than nothing; what is out of all proportion is a mistake or a lie.
  const Duration measured = from_ntp_short(static_cast<std::uint32_t>(std::max(ticks, 0)));
  if (measured > kLongestRoundTrip) return;
  // RFC 6298 §2.3: one eighth of the new value.
  stats_.round_trip = stats_.round_trip ? (*stats_.round_trip * 7 + measured) / 8 : measured;
}

/// RFC 3550 §6.2: spread over half to one and a half intervals, so that viewers' reports do not fall together.
void Peer::schedule_report() {
  const double factor = 0.5 + random_.unit();
  next_report_at_ = now_ + nanoseconds(static_cast<std::int64_t>(nanoseconds(kReportInterval).count() * factor));
}

/// draft-holmer-rmcat-transport-wide-cc-extensions-01 §2.2: for all packets of the transport that carry a number.
void Peer::note_arrival(const rtp::RtpPacketView& packet) {
  const auto value = talk_cc_id_ ? packet.extension(*talk_cc_id_) : std::nullopt;
  if (!value || value->size() != 2 || streams_.empty()) return;
  talk_arrivals_.on_packet(now_, {ByteReader(*value).u16()});
  next_feedback_at_ = std::min(next_feedback_at_, now_ + kFeedbackInterval);
}

std::size_t Peer::write_feedback(ByteSpan out) {
  ByteWriter writer(out.first(out.size() - SrtpSession::kRtcpOverhead));
  const auto feedback = talk_arrivals_.take(streams_.front().sender().config().ssrc, 0);
  return feedback && write(writer, *feedback) ? writer.size() : 0;
}

std::size_t Peer::write_report(bool goodbye, ByteSpan out) {
  ByteWriter writer(out.first(out.size() - SrtpSession::kRtcpOverhead));
  rtcp::SourceDescription description;
  rtcp::Goodbye farewell;
  // Of what the viewer sends, the first report tells.
  std::vector<rtcp::ReportBlock> blocks;
  if (auto block = talk_ ? talk_->block(now_) : std::nullopt) blocks.push_back(*block);
  for (const OutboundStream& stream : streams_) {
    const rtp::Ssrc ssrc = stream.sender().config().ssrc;
    description.chunks.push_back({ssrc, cname_});
    farewell.ssrcs.push_back(ssrc);
    // RFC 3550 §6.1: a compound begins with a report; before the first packet that is an RR.
    if (auto report = stream.sender().report(now_, clock_)) {
      report->blocks = std::exchange(blocks, {});
      write(writer, *report);
      ++stats_.reports_sent;
    } else {
      write(writer, rtcp::ReceiverReport{ssrc, std::exchange(blocks, {})});
    }
  }
  write(writer, description);
  if (goodbye)
    write(writer, farewell);
  else
    write_delays(writer);
  return writer.ok() ? writer.size() : 0;
}

void Peer::write_delays(ByteWriter& out) {
  if (reference_times_.empty() || streams_.empty()) return;
  rtcp::ExtendedReport report;
  report.ssrc = streams_.front().sender().config().ssrc;
  for (const ReferenceTime& time : reference_times_) {
    report.delays.push_back({time.ssrc, time.middle, to_ntp_short(now_ - time.received_at)});
  }
  write(out, report);
}

}  // namespace perch::net
