#include "tests/sim/cc_media_flow.hpp"

#include <algorithm>

#include "tests/sim/cc_random.hpp"

namespace perch::sim {
namespace {

constexpr Duration kFrameInterval = microseconds(33'333);
constexpr std::int64_t kPayload = 1200;
constexpr std::int64_t kHeaders = 46;    // IP, UDP, RTP with extensions, SRTP tag
constexpr std::int64_t kUncounted = 28;  // of them in IP and UDP, which the send log does not see
constexpr double kFrameDeviation = 0.15;
constexpr double kFirstFrame = 4;
constexpr std::size_t kFeedbackSize = 100;
constexpr Duration kAudioInterval = milliseconds(20);
constexpr std::int64_t kAudioPayload = 50;  // 20 kbit/s
constexpr std::int64_t kAudioBps = (kAudioPayload + kHeaders) * 8 * 50;
constexpr std::uint64_t kAudioToken = 1ULL << 40;  // above all frames

// Parcels name the frame and the transport-wide number.
std::uint64_t name(std::uint64_t frame, rtp::SequenceNumber number) { return frame << 16 | number.value; }

/// What the largest media rate takes on the wire.
Bitrate with_headers(Bitrate media) {
  const std::int64_t frame = media.bps() / 8 / 30;
  return Bitrate::bps(media.bps() + (frame + kPayload - 1) / kPayload * kHeaders * 8 * 30);
}

net::CongestionController::Config controller_config(const MediaFlowConfig& config) {
  net::CongestionController::Config out;
  out.start = config.start;
  out.min = Bitrate::kbps(100);
  out.max = config.most_rate.bps() > 0 ? config.most_rate : with_headers(config.most_media);
  out.probes = config.probes;
  return out;
}

}  // namespace

MediaFlow::MediaFlow(const MediaFlowConfig& config, Scheduler& scheduler, LinkModel& forward, LinkModel& backward,
                     std::uint64_t seed)
    : config_(config),
      scheduler_(scheduler),
      forward_(forward),
      backward_(backward),
      random_(seed),
      controller_(controller_config(config)),
      pacer_(controller_.pacing_rate(), controller_.target()) {
  scheduler_.at(config_.from, [this](TimePoint now) {
    if (const auto probe = controller_.next_probe(now)) pacer_.probe(*probe);
    make_frame(now);
    if (config_.audio) make_audio(now);
    check_silence(now);
  });
  if (config_.probe_at != kNever) {
    scheduler_.at(config_.probe_at, [this](TimePoint) { controller_.request_probe(config_.probe_rate); });
  }
  scheduler_.at(config_.from + config_.feedback_interval, [this](TimePoint now) { report(now); });
}

std::int64_t MediaFlow::frame_bytes(TimePoint /*now*/) {
  const Bitrate wire = controller_.media_rate(pacer_.queue_time());
  const std::int64_t total = (wire.bps() - (config_.audio ? kAudioBps : 0)) / 8 / 30;
  const std::int64_t payload = total - (total + kPayload + kHeaders - 1) / (kPayload + kHeaders) * kHeaders;
  const std::int64_t least = config_.least_media.bps() / 8 / 30;
  const std::int64_t most = config_.most_media.bps() / 8 / 30;
  double size = static_cast<double>(std::clamp(payload, least, most));
  size *= std::max(0.1, 1 + kFrameDeviation * gaussian(random_));
  if (frames_.empty()) size *= kFirstFrame;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(size));
}

void MediaFlow::make_frame(TimePoint now) {
  if (now >= config_.until) return;
  scheduler_.at(now + kFrameInterval, [this](TimePoint next) { make_frame(next); });
  if (now >= config_.pause_from && now < config_.pause_until) return;
  if (pacer_.overloaded()) {
    pacer_.drop_video();
    ++log_.dropped_in_pacer;
  }
  const std::int64_t bytes = frame_bytes(now);
  const std::int64_t count = (bytes + kPayload - 1) / kPayload;
  const std::uint64_t frame = frames_.size() + 1;  // 0: padding
  frames_.push_back({now, static_cast<int>(count)});
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t size = bytes / count + (i < bytes % count ? 1 : 0) + kHeaders;
    static_cast<void>(pacer_.enqueue({net::PacketKind::kVideo, static_cast<std::uint16_t>(size), frame}));
  }
  drive_pacer(now);
}

void MediaFlow::make_audio(TimePoint now) {
  if (now >= config_.until) return;
  scheduler_.at(now + kAudioInterval, [this](TimePoint next) { make_audio(next); });
  static_cast<void>(pacer_.enqueue({net::PacketKind::kAudio, static_cast<std::uint16_t>(kAudioPayload + kHeaders),
                                    kAudioToken + audio_made_.size()}));
  audio_made_.push_back(now);
  drive_pacer(now);
}

void MediaFlow::drive_pacer(TimePoint now) {
  Bitrate pacing = controller_.pacing_rate();
  if (config_.pacing_factor > 0) {
    pacing = Bitrate::bps(
        static_cast<std::int64_t>(config_.pacing_factor * static_cast<double>(controller_.target().bps())));
  }
  pacer_.set_rates(pacing, controller_.target());
  while (const auto packet = pacer_.next(now)) send(now, *packet);
  const TimePoint deadline = pacer_.deadline();
  if (deadline == kNever || (pacer_wakes_ != kNever && pacer_wakes_ <= deadline)) return;
  pacer_wakes_ = deadline;
  scheduler_.at(deadline, [this, deadline](TimePoint at) {
    if (pacer_wakes_ == deadline) pacer_wakes_ = kNever;
    drive_pacer(at);
  });
}

void MediaFlow::send(TimePoint now, const net::Pacer::Leaving& packet) {
  const rtp::SequenceNumber number = send_log_.next_number();
  const std::size_t counted = packet.size - kUncounted;
  send_log_.on_sent(now, counted);
  controller_.on_sent(now, number, packet.probe);
  ++log_.sent;
  if (packet.kind == net::PacketKind::kPadding) ++log_.padding;
  forward_.send(now, {this, name(packet.token, number), packet.size, config_.delay, {}, {}});
}

void MediaFlow::on_parcel(TimePoint now, const Parcel& parcel) {
  log_.delivered.push_back({now, parcel.waited, static_cast<std::uint32_t>(parcel.size)});
  // Feedback counts in steps of 250 us.
  const TimePoint seen = TimePoint(microseconds(to_us(now.time_since_epoch()) / 250 * 250));
  recorder_.on_packet(seen, {static_cast<std::uint16_t>(parcel.number)});
  const std::uint64_t frame = parcel.number >> 16;
  if (frame == 0) return;
  if (frame >= kAudioToken) {
    log_.audio_delays.push_back(now - audio_made_[frame - kAudioToken] - config_.delay);
    return;
  }
  Frame& of = frames_[frame - 1];
  if (--of.missing == 0) log_.frame_delays.push_back(now - of.made - config_.delay);
}

bool MediaFlow::feedback_is_lost(TimePoint now) const {
  return std::any_of(config_.feedback_lost.begin(), config_.feedback_lost.end(),
                     [now](const auto& gap) { return now >= gap.first && now < gap.second; });
}

void MediaFlow::report(TimePoint now) {
  if (now >= config_.until + seconds(1)) return;
  scheduler_.at(now + config_.feedback_interval, [this](TimePoint next) { report(next); });
  auto feedback = recorder_.take(1, 2);
  if (!feedback) return;
  feedbacks_.push_back(std::move(*feedback));
  if (feedback_is_lost(now)) return;
  backward_.send(now, {&feedback_receiver_, feedbacks_.size() - 1, kFeedbackSize, config_.delay, {}, {}});
}

void MediaFlow::on_feedback(TimePoint now, std::uint64_t index) {
  send_log_.on_feedback(now, feedbacks_[index], [this](const auto& result) { controller_.on_packet(result); });
  controller_.on_feedback(now);
  log_.targets.push_back({now, controller_.target()});
  if (const auto probe = controller_.next_probe(now)) pacer_.probe(*probe);
  drive_pacer(now);
}

void MediaFlow::check_silence(TimePoint now) {
  if (now >= config_.until) return;
  controller_.on_deadline(now);
  scheduler_.at(now + milliseconds(20), [this](TimePoint next) { check_silence(next); });
}

}  // namespace perch::sim
