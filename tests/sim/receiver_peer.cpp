#include "tests/sim/receiver_peer.hpp"

#include <algorithm>
#include <utility>

#include "net/demux.hpp"

namespace perch::sim {
namespace {

constexpr Duration kReportInterval = seconds(1);
constexpr Duration kPliInterval = milliseconds(500);
constexpr Duration kStartWindow = milliseconds(20);
constexpr std::size_t kMaxDatagram = 2048;

}  // namespace

ReceiverPeer::ReceiverPeer(ReceiverConfig config, net::DtlsTransport dtls, NtpClock clock)
    : config_(std::move(config)), dtls_(std::move(dtls)), clock_(clock) {}

Result<std::unique_ptr<ReceiverPeer>> ReceiverPeer::create(ReceiverConfig config,
                                                           const net::DtlsCertificate& certificate, Random& random,
                                                           NtpClock clock) {
  auto dtls = net::DtlsTransport::create(config.dtls_role, certificate, config.remote_fingerprints, random);
  if (!dtls) return fail(dtls.error());
  return std::unique_ptr<ReceiverPeer>(new ReceiverPeer(std::move(config), std::move(*dtls), clock));
}

void ReceiverPeer::start(TimePoint now) {
  now_ = now;
  dtls_.start(now);
}

void ReceiverPeer::on_datagram(TimePoint now, ByteView datagram) {
  now_ = now;
  switch (net::kind_of(datagram)) {
    case net::DatagramKind::kDtls:
      dtls_.on_datagram(now, datagram);
      take_dtls_events();
      break;
    case net::DatagramKind::kRtp: on_rtp(datagram); break;
    case net::DatagramKind::kRtcp: on_rtcp(datagram); break;
    case net::DatagramKind::kStun:
    case net::DatagramKind::kUnknown: break;
  }
}

void ReceiverPeer::take_dtls_events() {
  while (auto event = dtls_.next_event()) {
    if (auto* connected = std::get_if<net::DtlsTransport::Connected>(&*event)) {
      auto session = net::SrtpSession::create(connected->keys, true);
      if (!session) {
        events_.emplace_back(Failed{session.error().message()});
        return;
      }
      srtp_ = std::move(*session);
      next_report_at_ = now_ + kReportInterval;
      next_pli_at_ = now_ + kPliInterval;
      awaits_keyframe_ = config_.keep_frames;
      events_.emplace_back(Connected{});
    } else if (auto* failed = std::get_if<net::DtlsTransport::Failed>(&*event)) {
      events_.emplace_back(Failed{std::move(failed->reason)});
    } else {
      events_.emplace_back(Closed{});
    }
  }
}

void ReceiverPeer::on_rtp(ByteView datagram) {
  std::array<std::uint8_t, kMaxDatagram> copy;  // NOLINT: filled below
  if (!srtp_ || datagram.size() > copy.size()) return;
  std::copy(datagram.begin(), datagram.end(), copy.begin());
  const auto plain = srtp_->unprotect_rtp(ByteSpan(copy).first(datagram.size()));
  const auto packet = plain ? rtp::parse_rtp_packet(*plain) : std::nullopt;
  if (!packet) {
    ++stats_.not_authentic;
    return;
  }
  ++stats_.packets;
  stats_.octets += packet->payload.size();
  if (config_.transport_wide_cc_id) {
    const auto value = packet->extension(*config_.transport_wide_cc_id);
    if (value && value->size() == 2) feedback_.on_packet(now_, {ByteReader(*value).u16()});
    if (next_feedback_at_ == kNever) next_feedback_at_ = now_ + config_.feedback_interval;
  }
  if (config_.rtx_ssrc && packet->header.ssrc == *config_.rtx_ssrc) return on_rtx(*packet);
  if (packet->header.ssrc == config_.audio_ssrc) ++stats_.audio_packets;
  if (packet->header.ssrc != config_.media_ssrc) return;
  const std::int64_t number = unwrapper_.unwrap(packet->header.sequence_number);
  statistics_.on_packet(now_, number, packet->header.timestamp);
  on_media(number, *packet, packet->payload);
}

/// RFC 4588 §4: original sequence number, then the original payload.
void ReceiverPeer::on_rtx(const rtp::RtpPacketView& packet) {
  if (packet.payload.size() < 2 || !next_number_) return;
  const std::uint16_t original = ByteReader(packet.payload).u16();
  const auto ahead = static_cast<std::int16_t>(original - static_cast<std::uint16_t>(*next_number_));
  on_media(*next_number_ + ahead, packet, packet.payload.subspan(2));
}

void ReceiverPeer::on_media(std::int64_t number, const rtp::RtpPacketView& packet, ByteView payload) {
  if (!next_number_) {
    next_number_ = number;
    deliver_from_ = now_ + kStartWindow;
  }
  if (deliver_from_ != kNever) next_number_ = std::min(*next_number_, number);
  if (number < *next_number_ || waiting_.contains(number)) {
    ++stats_.duplicates;
    return;
  }
  if (missing_.waits_for(number)) ++stats_.recovered;
  if (deliver_from_ == kNever) missing_.on_packet(now_, number);
  Stored stored{packet.header.timestamp, packet.header.marker, {}};
  if (config_.keep_frames) stored.payload.assign(payload.begin(), payload.end());
  waiting_.emplace(number, std::move(stored));
  if (!config_.nack) missing_.forget_before(number);
  if (deliver_from_ == kNever) deliver_in_order();
}

void ReceiverPeer::begin_delivery() {
  deliver_from_ = kNever;
  for (const auto& [number, packet] : waiting_) missing_.on_packet(now_, number);
  deliver_in_order();
}

void ReceiverPeer::deliver_in_order() {
  // Without retransmission a gap stays one; a little reordering is still waited for.
  constexpr std::size_t kReorderWindow = 16;
  if (!config_.nack && waiting_.size() > kReorderWindow) skip_gap();
  while (!waiting_.empty() && waiting_.begin()->first == *next_number_) {
    deliver(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    ++*next_number_;
  }
}

void ReceiverPeer::deliver(const Stored& packet) {
  if (!config_.keep_frames) {
    if (packet.marker) ++stats_.frames;
    return;
  }
  auto unit = depacketizer_.on_payload(packet.payload, packet.timestamp, packet.marker);
  if (!unit) {
    ++stats_.damaged;
    return;
  }
  if (!*unit) return;
  ++stats_.frames;
  if ((*unit)->keyframe) {
    ++stats_.keyframes;
    awaits_keyframe_ = false;
  }
  if (awaits_keyframe_) ++stats_.undecodable;
  events_.emplace_back(Frame{std::move(**unit)});
}

/// Goes on behind the first gap.
void ReceiverPeer::skip_gap() {
  if (waiting_.empty() || !next_number_) return;
  const std::int64_t first = waiting_.begin()->first;
  if (first == *next_number_) return;
  stats_.given_up += static_cast<std::uint64_t>(first - *next_number_);
  next_number_ = first;
  missing_.forget_before(first);
  depacketizer_.on_gap();
  request_keyframe(now_);
}

void ReceiverPeer::skip_hopeless_gaps() {
  while (!waiting_.empty() && !missing_.waits_for(*next_number_)) {
    skip_gap();
    deliver_in_order();
  }
}

void ReceiverPeer::on_rtcp(ByteView datagram) {
  Bytes copy(datagram.begin(), datagram.end());
  const auto plain = srtp_ ? srtp_->unprotect_rtcp(copy) : std::nullopt;
  const auto packets = plain ? net::rtcp::parse_compound(*plain) : std::nullopt;
  if (!packets) {
    ++stats_.not_authentic;
    return;
  }
  for (const net::rtcp::Packet& packet : *packets) {
    if (const auto* report = std::get_if<net::rtcp::SenderReport>(&packet)) on_sender_report(*report);
    if (const auto* report = std::get_if<net::rtcp::ReceiverReport>(&packet)) on_blocks(report->blocks);
    if (const auto* report = std::get_if<net::rtcp::ExtendedReport>(&packet)) on_extended_report(*report);
    if (std::holds_alternative<net::rtcp::Goodbye>(packet)) ++stats_.goodbyes;
    if (const auto* feedback = std::get_if<net::rtcp::TransportFeedback>(&packet)) {
      ++stats_.feedbacks;
      stats_.feedback_arrived += feedback->arrivals.size();
      stats_.feedback_lost += feedback->status_count - feedback->arrivals.size();
    }
    const auto* description = std::get_if<net::rtcp::SourceDescription>(&packet);
    if (description != nullptr && !description->chunks.empty()) stats_.cname = description->chunks.front().cname;
  }
}

void ReceiverPeer::on_sender_report(const net::rtcp::SenderReport& report) {
  on_blocks(report.blocks);
  if (report.ssrc == config_.audio_ssrc) stats_.last_audio_report = report;
  if (report.ssrc != config_.media_ssrc) return;
  ++stats_.sender_reports;
  stats_.last_sender_report = report;
  statistics_.on_sender_report(now_, report);
}

/// RFC 3611 §4.5: now - LRR - DLRR.
void ReceiverPeer::on_extended_report(const net::rtcp::ExtendedReport& report) {
  for (const auto& delay : report.delays) {
    if (delay.ssrc != config_.ssrc) continue;
    const std::uint32_t ticks = clock_.at(now_).middle() - delay.last_rr - delay.delay;
    stats_.round_trip =
        nanoseconds((static_cast<std::int64_t>(static_cast<std::int32_t>(ticks)) * 1'000'000'000) >> 16);
  }
}

void ReceiverPeer::send_rtcp(ByteView compound) {
  if (!srtp_) return;
  Bytes buffer(compound.begin(), compound.end());
  buffer.resize(compound.size() + net::SrtpSession::kRtcpOverhead);
  const auto packet = srtp_->protect_rtcp(buffer, compound.size());
  if (packet) outbox_.emplace_back(packet->begin(), packet->end());
}

void ReceiverPeer::on_blocks(const std::vector<net::rtcp::ReportBlock>& blocks) {
  if (!blocks.empty()) stats_.reported = blocks;
}

void ReceiverPeer::send_rtp(ByteView packet) {
  if (!srtp_) return;
  Bytes buffer(packet.begin(), packet.end());
  buffer.resize(packet.size() + net::SrtpSession::kRtpOverhead);
  if (const auto sealed = srtp_->protect_rtp(buffer, packet.size()))
    outbox_.emplace_back(sealed->begin(), sealed->end());
}

void ReceiverPeer::send_report() {
  std::array<std::uint8_t, 512> buffer{};
  ByteWriter out(buffer);
  write(out, net::rtcp::ReceiverReport{config_.ssrc, {statistics_.block(now_, config_.media_ssrc)}});
  write(out, net::rtcp::SourceDescription{{{config_.ssrc, "receiver"}}});
  if (config_.reference_time) {
    net::rtcp::ExtendedReport report;
    report.ssrc = config_.ssrc;
    report.receiver_reference_time = clock_.at(now_);
    write(out, report);
  }
  send_rtcp(out.written());
}

void ReceiverPeer::send_nacks() {
  const std::vector<rtp::SequenceNumber> lost = missing_.due(now_);
  if (missing_.take_given_up()) skip_hopeless_gaps();
  if (lost.empty()) return;
  net::rtcp::Nack nack{config_.ssrc, config_.media_ssrc, net::rtcp::nack_items(lost)};
  constexpr std::size_t kMostItems = 250;  // 1 kB
  nack.items.resize(std::min(nack.items.size(), kMostItems));
  std::array<std::uint8_t, 1200> buffer{};
  ByteWriter out(buffer);
  write(out, nack);
  send_rtcp(out.written());
  ++stats_.nacks_sent;
}

void ReceiverPeer::send_feedback() {
  next_feedback_at_ = kNever;
  const auto feedback = feedback_.take(config_.ssrc, config_.media_ssrc);
  std::array<std::uint8_t, 1200> buffer{};
  ByteWriter out(buffer);
  if (!feedback || !write(out, *feedback)) return;
  send_rtcp(out.written());
  ++stats_.feedbacks_sent;
}

void ReceiverPeer::request_keyframe(TimePoint now) {
  awaits_keyframe_ = config_.keep_frames;
  if (now < next_pli_at_) return;
  next_pli_at_ = now + kPliInterval;
  std::array<std::uint8_t, 16> buffer{};
  ByteWriter out(buffer);
  write(out, net::rtcp::PictureLossIndication{config_.ssrc, config_.media_ssrc});
  send_rtcp(out.written());
  ++stats_.plis_sent;
}

void ReceiverPeer::on_deadline(TimePoint now) {
  now_ = now;
  dtls_.on_deadline(now);
  take_dtls_events();
  if (!srtp_) return;
  if (deliver_from_ <= now) begin_delivery();
  if (config_.nack && missing_.deadline() <= now) send_nacks();
  if (next_feedback_at_ <= now) send_feedback();
  if (awaits_keyframe_) request_keyframe(now);
  if (next_report_at_ > now) return;
  next_report_at_ = now + kReportInterval;
  send_report();
}

TimePoint ReceiverPeer::deadline() const {
  const TimePoint nack = config_.nack ? missing_.deadline() : kNever;
  const TimePoint pli = srtp_ && awaits_keyframe_ ? next_pli_at_ : kNever;
  return std::min({dtls_.deadline(), next_report_at_, next_feedback_at_, deliver_from_, nack, pli});
}

std::optional<Bytes> ReceiverPeer::next_datagram() {
  if (std::optional<Bytes> datagram = dtls_.next_datagram()) return datagram;
  if (outbox_.empty()) return std::nullopt;
  Bytes datagram = std::move(outbox_.front());
  outbox_.pop_front();
  return datagram;
}

std::optional<ReceiverPeer::Event> ReceiverPeer::next_event() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void ReceiverPeer::close(TimePoint now) {
  now_ = now;
  dtls_.close(now);
  srtp_.reset();
  next_report_at_ = next_feedback_at_ = deliver_from_ = kNever;
}

}  // namespace perch::sim
