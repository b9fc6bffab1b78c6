#include "tests/sim/cc_peer_flow.hpp"

#include <algorithm>

#include "net/tier_allocator.hpp"
#include "tests/sim/cc_random.hpp"
#include "tests/sim/test_certificates.hpp"

namespace perch::sim {
namespace {

constexpr Duration kFrameInterval = microseconds(33'333);
constexpr Duration kKeyframeInterval = milliseconds(500);  // the encoder's gate
constexpr std::size_t kIpAndUdp = 28;
constexpr double kFrameDeviation = 0.15;
constexpr double kKeyframe = 4;
constexpr rtp::Ssrc kSsrc = 0x1000;

net::PeerConfig camera_config(const MediaFlowConfig& config, const rtp::PacketHistory& history) {
  net::RtpSenderConfig video;
  video.ssrc = kSsrc;
  video.payload_type = 108;
  video.rtx_ssrc = kSsrc + 1;
  video.rtx_payload_type = 109;
  video.extensions = {3, 2, 5, 9};
  video.mid = "0";
  net::PeerConfig out;
  out.remote_fingerprints = {test_certificate(2).fingerprint()};
  out.video = net::StreamSendConfig{video, &history};
  out.cname = "camera";
  out.max_rate = net::TierAllocator::wire_rate(config.most_media, {}, 0.06);
  return out;
}

ReceiverConfig viewer_config(const MediaFlowConfig& config) {
  ReceiverConfig out;
  out.remote_fingerprints = {test_certificate(1).fingerprint()};
  out.media_ssrc = kSsrc;
  out.rtx_ssrc = kSsrc + 1;
  out.transport_wide_cc_id = 3;
  out.feedback_interval = config.feedback_interval;
  return out;
}

}  // namespace

PeerFlow::PeerFlow(const MediaFlowConfig& config, Scheduler& scheduler, LinkModel& forward, LinkModel& backward,
                   std::uint64_t seed)
    : config_(config),
      scheduler_(scheduler),
      forward_(forward),
      backward_(backward),
      random_(seed),
      source_(seed + 1),
      camera_(net::Peer::create(camera_config(config, history_), test_certificate(1), random_, clock_).value()),
      viewer_(ReceiverPeer::create(viewer_config(config), test_certificate(2), random_, clock_).value()) {
  scheduler_.at(config_.from, [this](TimePoint now) {
    camera_->start(now);
    viewer_->start(now);
    settle(now);
  });
}

Bytes PeerFlow::take(std::uint64_t number) {
  const auto found = in_flight_.find(number);
  Bytes datagram = std::move(found->second);
  in_flight_.erase(found);
  return datagram;
}

void PeerFlow::send(TimePoint now, ByteView datagram, bool forward) {
  const std::uint64_t number = next_parcel_++;
  in_flight_.emplace(number, Bytes(datagram.begin(), datagram.end()));
  Receiver* to = forward ? static_cast<Receiver*>(this) : &feedback_receiver_;
  (forward ? forward_ : backward_).send(now, {to, number, datagram.size() + kIpAndUdp, config_.delay, {}, {}});
  if (forward) ++log_.sent;
}

void PeerFlow::on_parcel(TimePoint now, const Parcel& parcel) {
  log_.delivered.push_back({now, parcel.waited, static_cast<std::uint32_t>(parcel.size)});
  viewer_->on_datagram(now, take(parcel.number));
  settle(now);
}

void PeerFlow::on_feedback(TimePoint now, const Parcel& parcel) {
  camera_->on_datagram(now, take(parcel.number));
  settle(now);
}

bool PeerFlow::move(TimePoint now) {
  bool any = false;
  if (camera_->deadline() <= now) camera_->on_deadline(now), any = true;
  if (viewer_->deadline() <= now) viewer_->on_deadline(now), any = true;
  while (const auto datagram = camera_->next_datagram()) send(now, *datagram, true), any = true;
  any = camera_->send_due(now, batch_) > 0 || any;
  for (const ByteView datagram : batch_.datagrams()) send(now, datagram, true);
  batch_.clear();
  while (const auto datagram = viewer_->next_datagram()) send(now, *datagram, false), any = true;
  while (const auto event = camera_->next_event()) {
    any = true;
    if (!std::holds_alternative<net::Peer::KeyframeWanted>(*event)) continue;
    ++log_.keyframes_wanted;
    keyframe_due_ = true;
  }
  while (const auto event = viewer_->next_event()) {
    any = true;
    const auto* frame = std::get_if<ReceiverPeer::Frame>(&*event);
    if (frame == nullptr) continue;
    log_.shown.push_back(now);
    log_.ages.push_back(now - captured_[frame->unit.timestamp.value]);
  }
  return any;
}

void PeerFlow::settle(TimePoint now) {
  while (move(now)) {
  }
  log_.camera = camera_->stats();
  if (!streaming_ && camera_->connected()) {
    streaming_ = true;
    make_frame(now);
  }
  const TimePoint next = std::min(camera_->deadline(), viewer_->deadline());
  if (next == kNever || next >= wakes_) return;
  wakes_ = std::max(next, now);
  scheduler_.at(wakes_, [this](TimePoint at) {
    if (at >= wakes_) wakes_ = kNever;
    settle(at);
  });
}

std::size_t PeerFlow::frame_bytes() {
  const auto estimate = camera_->estimate();
  Bitrate media = config_.most_media;
  if (estimate) media = net::TierAllocator::media_rate(*estimate, {}, camera_->loss());
  media = std::clamp(media, config_.least_media, config_.most_media);
  const double size = static_cast<double>(media.bps()) / 8 / 30;
  return static_cast<std::size_t>(size * std::max(0.1, 1 + kFrameDeviation * gaussian(random_)));
}

void PeerFlow::make_frame(TimePoint now) {
  if (now >= config_.until) return;
  scheduler_.at(now + kFrameInterval, [this](TimePoint next) { make_frame(next); });
  const bool keyframe = frames_made_++ == 0 || (keyframe_due_ && now - keyframe_at_ >= kKeyframeInterval);
  std::size_t size = frame_bytes();
  if (keyframe) {
    size = static_cast<std::size_t>(kKeyframe * static_cast<double>(size));
    keyframe_due_ = false;
    keyframe_at_ = now;
  }
  const rtp::FramePacketsPtr frame = source_.next(now, keyframe, size);
  captured_[frame->timestamp.value] = now;
  history_.push(frame, now);
  camera_->send_frame(now, *frame, batch_);
  settle(now);
}

PeerFlowLog run_peer(const CcCase& scenario, std::uint64_t seed) {
  Scheduler scheduler;
  SeededRandom seeds(seed);
  LinkModel forward(scenario.forward, scheduler, seeds.u32());
  LinkModel backward(scenario.backward, scheduler, seeds.u32());
  const PeerFlow flow(scenario.flows[0], scheduler, forward, backward, seeds.u32());
  scheduler.run_until(TimePoint(scenario.length));
  return flow.log();
}

}  // namespace perch::sim
