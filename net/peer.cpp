#include "net/peer.hpp"

#include <algorithm>
#include <utility>

#include "net/demux.hpp"

namespace perch::net {
namespace {

constexpr std::size_t kMaxDatagram = 2048;  // nothing on a WebRTC path is larger than an Ethernet frame
// Without transport-wide feedback nothing tells what the network does with bursts.
constexpr std::size_t kUncounted = 28;  // [bytes] IPv4 and UDP
constexpr Bitrate kUnmeasuredPacing = Bitrate::kbps(20'000);

CongestionController::Config congestion_config(const PeerConfig& config) {
  CongestionController::Config out;
  out.start = config.start_rate;
  out.max = config.max_rate;
  out.probes = config.video && config.video->rtp.rtx_ssrc && config.video->rtp.rtx_payload_type;
  out.burst = config.burst;
  return out;
}

}  // namespace

Peer::Peer(PeerConfig config, DtlsTransport dtls, Random& random, NtpClock clock)
    : dtls_(std::move(dtls)),
      random_(random),
      clock_(clock),
      cname_(std::move(config.cname)),
      congestion_(congestion_config(config)),
      pacer_(kUnmeasuredPacing, config.start_rate),
      takes_media_(config.may_talk || config.talk) {
  renegotiate(std::move(config));
}

void Peer::renegotiate(PeerConfig config) {
  set_stream(video_, std::move(config.video), OutboundStream::Media::kVideo);
  set_stream(audio_, std::move(config.audio), OutboundStream::Media::kAudio);
  if (audio_ && streams_[*audio_].active()) {
    if (!lip_sync_) lip_sync_.emplace();
  } else {
    lip_sync_.reset();
    if (video_) streams_[*video_].set_playout_delay({});  // who only watches sees each picture at once
  }
  if (config.talk && !talk_ && takes_media_) talk_.emplace(config.talk->payload_type, config.talk->clock_rate);
  talk_active_ = config.talk && config.talk->active;
  talk_cc_id_ = config.talk ? config.talk->transport_wide_cc : std::nullopt;
}

void Peer::set_stream(std::optional<std::size_t>& place, std::optional<StreamSendConfig> config,
                      OutboundStream::Media media) {
  if (place) return streams_[*place].set_active(config && config->active);
  if (!config) return;
  place = streams_.size();
  // RFC 3550 §5.1: random first numbers make known-plaintext attacks harder. The upper half is left out so that a
  // packet lost right at the start cannot be mistaken for one after a wrap (RFC 3711 §3.3.1).
  const rtp::SequenceNumber first{static_cast<std::uint16_t>(random_.u16() & 0x7FFF)};
  const rtp::SequenceNumber first_rtx{static_cast<std::uint16_t>(random_.u16() & 0x7FFF)};
  has_feedback_ = has_feedback_ || config->rtp.extensions.transport_wide_cc.has_value();
  streams_.emplace_back(RtpSender(std::move(config->rtp), first, first_rtx, log_),
                        OutboundStream::Histories{config->history, config->low_history}, media,
                        static_cast<std::uint8_t>(*place));
  streams_.back().set_active(config->active);
}

Result<std::unique_ptr<Peer>> Peer::create(PeerConfig config, const DtlsCertificate& certificate, Random& random,
                                           NtpClock clock) {
  for (const auto* stream : {&config.video, &config.audio}) {
    if (*stream && (*stream)->history == nullptr) return fail(Errc::kInvalid, "a stream without a packet history");
  }
  auto dtls = DtlsTransport::create(config.dtls_role, certificate, std::move(config.remote_fingerprints), random);
  if (!dtls) return fail(dtls.error());
  return std::unique_ptr<Peer>(new Peer(std::move(config), std::move(*dtls), random, clock));
}

void Peer::start(TimePoint now) {
  now_ = now;
  dtls_.start(now);
}

void Peer::on_datagram(TimePoint now, ByteView datagram) {
  now_ = now;
  if (ended_) return;
  switch (kind_of(datagram)) {
    case DatagramKind::kDtls:
      dtls_.on_datagram(now, datagram);
      take_dtls_events();
      break;
    case DatagramKind::kRtcp: on_rtcp(datagram); break;
    case DatagramKind::kRtp: on_rtp(datagram); break;
    case DatagramKind::kStun:
    case DatagramKind::kUnknown: ++stats_.unknown_datagrams; break;
  }
}

void Peer::take_dtls_events() {
  while (std::optional<DtlsTransport::Event> event = dtls_.next_event()) {
    if (auto* connected = std::get_if<DtlsTransport::Connected>(&*event)) {
      Result<SrtpSession> session = SrtpSession::create(connected->keys, takes_media_);
      if (!session) return end(Failed{session.error().message()});
      srtp_ = std::move(*session);
      events_.emplace_back(Connected{});
    } else if (auto* failed = std::get_if<DtlsTransport::Failed>(&*event)) {
      if (srtp_) return end(Closed{std::move(failed->reason)});
      return end(Failed{std::move(failed->reason)});
    } else {
      return end(Closed{"the viewer closed the connection"});
    }
  }
}

void Peer::end(Event event) {
  ended_ = true;
  next_report_at_ = next_feedback_at_ = kNever;
  report_due_ = false;
  events_.push_back(std::move(event));
}

void Peer::on_rtp(ByteView datagram) {
  std::array<std::uint8_t, kMaxDatagram> copy;  // NOLINT: filled below; SRTP works in place
  if (!talk_active_ || !talk_ || !srtp_ || datagram.size() > copy.size()) {
    ++(srtp_ || !talk_active_ ? stats_.rtp_unexpected : stats_.dropped_early);
    return;
  }
  std::copy(datagram.begin(), datagram.end(), copy.begin());
  const std::optional<ByteSpan> plain = srtp_->unprotect_rtp(ByteSpan(copy).first(datagram.size()));
  if (!plain) return;  // counted by the session
  const std::optional<rtp::RtpPacketView> packet = rtp::parse_rtp_packet(*plain);
  std::optional<InboundPacket> talk = packet ? talk_->on_packet(now_, *packet) : std::nullopt;
  if (!talk) {
    ++stats_.rtp_unexpected;
    return;
  }
  ++stats_.talk_packets;
  note_arrival(*packet);
  if (next_report_at_ == kNever && !streams_.empty()) next_report_at_ = now_;
  events_.emplace_back(TalkReceived{std::move(*talk)});
}

void Peer::on_rtcp(ByteView datagram) {
  std::array<std::uint8_t, kMaxDatagram> copy;  // NOLINT: filled below; SRTP works in place
  if (!srtp_ || datagram.size() > copy.size()) {
    ++stats_.dropped_early;
    return;
  }
  std::copy(datagram.begin(), datagram.end(), copy.begin());
  const std::optional<ByteSpan> plain = srtp_->unprotect_rtcp(ByteSpan(copy).first(datagram.size()));
  if (!plain) return;  // counted by the session
  const std::optional<std::vector<rtcp::Packet>> packets = rtcp::parse_compound(*plain);
  if (!packets) {
    ++stats_.rtcp_malformed;
    return;
  }
  ++stats_.rtcp_received;
  for (const rtcp::Packet& packet : *packets) std::visit([this](const auto& p) { on_packet(p); }, packet);
}

void Peer::on_deadline(TimePoint now) {
  now_ = now;
  if (ended_) return;
  dtls_.on_deadline(now);
  take_dtls_events();
  if (ended_) return;
  if (now >= congestion_.deadline()) {
    congestion_.on_deadline(now);
    path_reported_ = true;
  }
  if (now < next_report_at_) return;
  report_due_ = true;
  schedule_report();
}

TimePoint Peer::deadline() const {
  if (ended_) return kNever;
  return std::min({dtls_.deadline(), next_report_at_, next_feedback_at_, pacer_.deadline(), congestion_.deadline()});
}

std::optional<ByteView> Peer::next_datagram() {
  if (std::optional<ByteView> rtcp = next_rtcp()) return rtcp;
  if (std::optional<Bytes> datagram = dtls_.next_datagram()) {
    dtls_datagram_ = std::move(*datagram);
    return dtls_datagram_;
  }
  return std::nullopt;
}

std::optional<ByteView> Peer::next_rtcp() {
  if (!srtp_) return std::nullopt;
  if (now_ >= next_feedback_at_) {
    next_feedback_at_ = kNever;
    if (const std::size_t size = write_feedback(scratch_)) return srtp_->protect_rtcp(scratch_, size);
  }
  if (!report_due_ && !goodbye_due_) return std::nullopt;
  report_due_ = false;
  const std::size_t size = write_report(std::exchange(goodbye_due_, false), scratch_);
  return srtp_->protect_rtcp(scratch_, size);
}

std::optional<Peer::Event> Peer::next_event() {
  if (!events_.empty()) {
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }
  const auto wanted = video() != nullptr ? video()->take_keyframe_wanted() : std::nullopt;
  if (wanted && connected()) return KeyframeWanted{*wanted};
  if (std::exchange(path_reported_, false) && connected()) return PathReported{};
  return std::nullopt;
}

std::size_t Peer::send_frame(TimePoint now, const rtp::FramePackets& frame, DatagramBatch& out) {
  return send(now, frame, video(), out);
}

std::size_t Peer::send_audio(TimePoint now, const rtp::FramePackets& frame, DatagramBatch& out) {
  return send(now, frame, audio(), out);
}

std::size_t Peer::send(TimePoint now, const rtp::FramePackets& frame, OutboundStream* stream, DatagramBatch& out) {
  if (!connected() || stream == nullptr) return 0;
  now_ = now;
  if (lip_sync_) keep_lips_in_sync(now - frame.captured_at, stream == audio());
  if (stream == video()) pacer_queue_.add(microseconds(to_us(now.time_since_epoch())), to_us(pacer_.video_time()));
  set_pace();
  stream->send_frame(frame, pacer_);
  report_soon(now, *stream);
  return send_due(now, out);
}

void Peer::set_pace() {
  // Repetitions get their quarter of what is being sent, which is the target where that is all the network carries.
  const Bitrate pacing = has_feedback_ ? congestion_.pacing_rate() : kUnmeasuredPacing;
  pacer_.set_rates(pacing, pacing);
}

std::size_t Peer::send_due(TimePoint now, DatagramBatch& out) {
  if (!connected()) return 0;
  now_ = now;
  set_pace();
  std::size_t sent = 0;
  while (const auto packet = pacer_.next(now)) sent += emit(now, *packet, out) ? 1 : 0;
  return sent;
}

std::size_t Peer::write_media(TimePoint now, const Pacer::Leaving& packet, ByteSpan out) {
  if (packet.kind != PacketKind::kPadding)
    return streams_[OutboundStream::name_in(packet.token)].write(now, packet, out);
  const std::size_t size = video() != nullptr ? video()->write_padding(now, out) : 0;
  if (size == 0) pacer_.cancel_probe();
  return size;
}

bool Peer::emit(TimePoint now, const Pacer::Leaving& packet, DatagramBatch& out) {
  const ByteSpan slot = out.slot();
  const rtp::SequenceNumber number = log_.next_number();
  const std::size_t size = write_media(now, packet, slot);
  if (size == 0) return false;
  const std::optional<ByteSpan> datagram = srtp_->protect_rtp(slot, size);
  if (log_.next_number() != number) congestion_.on_sent(now, number, packet.probe);
  if (!datagram) return false;  // counted by the session; the network lost it, as far as the viewer can tell
  if (packet.kind == PacketKind::kAudio)
    sound_rate_.add(microseconds(to_us(now.time_since_epoch())), datagram->size() + kUncounted);
  out.commit(*datagram);
  // A viewer enters the stream at a key frame, so the first packet of all is one of those.
  if (packet.kind == PacketKind::kVideo && !std::exchange(picture_began_, true))
    events_.emplace_back(PictureBegan{now});
  return true;
}

std::optional<Bitrate> Peer::estimate() const {
  if (!congestion_.known()) return std::nullopt;
  return congestion_.media_rate(microseconds(pacer_queue_.least_or(0)));
}

void Peer::request_probe(Bitrate rate) {
  congestion_.request_probe(rate);
  if (const auto probe = congestion_.next_probe(now_)) pacer_.probe(*probe);
}

void Peer::set_tier(rtp::Tier tier) {
  if (video() != nullptr) video()->set_tier(tier);
}

void Peer::set_thinned(bool thinned) {
  if (video() != nullptr) video()->set_thinned(thinned);
}

void Peer::on_reset(rtp::Tier tier) {
  if (video() != nullptr) video()->on_reset(tier, pacer_);
}

void Peer::on_audio_reset() {
  if (audio() != nullptr) audio()->on_reset(rtp::Tier::kMain, pacer_);
}

void Peer::keep_lips_in_sync(Duration age, bool sound) {
  if (sound) {
    lip_sync_->on_sound(age);
  } else {
    lip_sync_->on_picture(age);
  }
  const auto delay = lip_sync_->update();
  if (delay && video() != nullptr) video()->set_playout_delay(*delay);
}

/// The receiver can map a stream's time to wall time only after its first report, so that goes out with the first
/// frame.
void Peer::report_soon(TimePoint now, const OutboundStream& stream) {
  const bool began = stream.counters().frames_sent == 1;
  if (began && next_report_at_ > now) next_report_at_ = now;
}

std::size_t Peer::join(TimePoint now, Duration max_age, DatagramBatch& out) {
  if (!connected() || video() == nullptr) return 0;
  now_ = now;
  if (video()->join(now, max_age, pacer_) > 0) next_report_at_ = std::min(next_report_at_, now);
  return send_due(now, out);
}

void Peer::skip_to_keyframe() {
  if (video() != nullptr) video()->skip_to_keyframe();
}

void Peer::close(TimePoint now) {
  now_ = now;
  if (ended_) return;
  goodbye_due_ = srtp_.has_value();
  dtls_.close(now);
  ended_ = true;
  next_report_at_ = next_feedback_at_ = kNever;
  events_.clear();
}

OutboundStream* Peer::stream_of(rtp::Ssrc ssrc) {
  const auto found =
      std::ranges::find(streams_, ssrc, [](const OutboundStream& s) { return s.sender().config().ssrc; });
  return found == streams_.end() ? nullptr : &*found;
}

PeerStats Peer::stats() const {
  PeerStats out = stats_;
  out.estimate = congestion_.target();
  out.queued = pacer_.queue_time();
  out.loss = congestion_.loss();
  out.audio_fraction_lost = std::max(out.audio_fraction_lost, out.loss);
  out.tier = tier();
  if (video_) out.picture_packets_sent = streams_[*video_].sender().packets();
  for (const OutboundStream& stream : streams_) {
    const OutboundStream::Counters& c = stream.counters();
    out.packets_sent += stream.sender().packets();
    out.octets_sent += stream.sender().octets();
    out.retransmitted += stream.sender().retransmitted();
    out.frames_sent += c.frames_sent;
    out.frames_skipped += c.frames_skipped;
    out.frames_thinned += c.frames_thinned;
    out.overloads += c.overloads;
    out.send_failed += c.too_large;
    out.nacks += c.nacks;
    out.packets_nacked += c.nacked;
    out.nacks_too_old += c.retransmit_too_old;
    out.nacks_refused += c.retransmit_refused;
    out.picture_losses += c.picture_losses;
    out.full_intra_requests += c.full_intra_requests;
  }
  if (!srtp_) return out;
  const SrtpSession::Counters& s = srtp_->counters();
  out.send_failed += s.protect_failed;
  out.not_authentic += s.not_authentic + s.replayed + s.refused;
  return out;
}

// RTCP, both ways, is in peer_rtcp.cpp.

}  // namespace perch::net
