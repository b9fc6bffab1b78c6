#include "tests/sim/peer_pair.hpp"

#include <algorithm>

#include "media/rtp/h264_packetizer.hpp"
#include "net/tier_allocator.hpp"
#include "tests/sim/test_certificates.hpp"

namespace perch::sim {
namespace {

constexpr Duration kFrameInterval = microseconds(33'333);
constexpr Duration kKeyframeInterval = milliseconds(500);  // the encoder's gate
constexpr rtp::Ssrc kFirstSsrc = 0x1000;
constexpr std::uint8_t kTransportWideCcId = 3;

net::RtpSenderConfig sender_config(const PairConfig& config, rtp::Ssrc ssrc) {
  net::RtpSenderConfig out;
  out.ssrc = ssrc;
  out.payload_type = 108;
  if (config.rtx) {
    out.rtx_ssrc = ssrc + 1;
    out.rtx_payload_type = 109;
  }
  if (config.transport_wide_cc) out.extensions.transport_wide_cc = kTransportWideCcId;
  out.extensions.abs_send_time = 2;
  out.extensions.playout_delay = 5;
  out.extensions.mid = 9;
  out.mid = "0";
  return out;
}

ReceiverConfig receiver_config(const PairConfig& config, rtp::Ssrc ssrc) {
  ReceiverConfig out;
  out.remote_fingerprints = {test_certificate(1).fingerprint()};
  out.media_ssrc = ssrc;
  out.audio_ssrc = ssrc + 2;
  if (config.rtx) out.rtx_ssrc = ssrc + 1;
  if (config.transport_wide_cc) out.transport_wide_cc_id = kTransportWideCcId;
  out.nack = config.nack;
  return out;
}

}  // namespace

rtp::FramePacketsPtr VideoSource::next(TimePoint now, bool keyframe, std::size_t size) {
  const bool idr = keyframe || first_;
  first_ = false;
  Bytes picture(size);
  random_.fill(picture);
  picture[0] = idr ? 0x65 : 0x41;  // nal_ref_idc and type: IDR or other slice
  const Bytes sps{0x67, 0x42, 0xE0, 0x1F, 0x8C, 0x8D};
  const Bytes pps{0x68, 0xCE, 0x3C, 0x80};
  std::vector<ByteView> nals;
  if (idr) nals = {sps, pps};
  nals.emplace_back(picture);
  ticks_ += 3000;
  rtp::FramePacketsPtr frame =
      rtp::H264Packetizer().packetize({nals, now, idr}, next_index_, rtp::Timestamp{0xFFFF'0000 + ticks_});
  next_index_ = frame->end_index();
  return frame;
}

PeerPair::PeerPair(std::uint64_t seed, const PairConfig& config)
    : seed_(seed),
      random_(seed),
      frame_size_(config.frame_size),
      adaptive_(config.adaptive),
      source_(seed + 1),
      sound_(config.sound),
      sound_interval_(nanoseconds(static_cast<std::int64_t>(20e6 / (1 + config.sound_card_ppm * 1e-6)))) {
  viewers_.reserve(config.viewers);
  for (std::size_t i = 0; i < config.viewers; ++i) add_viewer(config, seed + 10 * (i + 1));
}

void PeerPair::add_viewer(const PairConfig& config, std::uint64_t seed) {
  const rtp::Ssrc ssrc = kFirstSsrc + static_cast<rtp::Ssrc>(16 * viewers_.size());
  net::PeerConfig peer;
  peer.remote_fingerprints = {test_certificate(2).fingerprint()};
  peer.video = net::StreamSendConfig{sender_config(config, ssrc), &history_};
  peer.cname = "camera";
  peer.may_talk = config.talk_later;
  if (config.sound) {
    net::RtpSenderConfig audio;
    audio.ssrc = ssrc + 2;
    audio.payload_type = 111;
    audio.clock_rate = 48'000;
    audio.marker_ends_frame = false;
    peer.audio = net::StreamSendConfig{audio, &audio_history_};
    if (viewers_.empty()) peer.talk = net::TalkReceiveConfig{111, 48'000, 3};
  }
  Viewer viewer;
  viewer.camera_side = net::Peer::create(std::move(peer), test_certificate(1), random_, clock_).value();
  viewer.viewer_side =
      ReceiverPeer::create(receiver_config(config, ssrc), test_certificate(2), random_, clock_).value();
  viewer.to_viewer = std::make_unique<VirtualLink>(config.to_viewer, seed);
  viewer.to_camera = std::make_unique<VirtualLink>(config.to_camera, seed + 1);
  viewer.camera_side->start(now_);
  viewer.viewer_side->start(now_);
  viewers_.push_back(std::move(viewer));
}

/// Everything that can happen at this instant. True when anything did.
bool PeerPair::move(Viewer& viewer) {
  bool any = false;
  while (auto datagram = viewer.to_viewer->receive(now_)) viewer.viewer_side->on_datagram(now_, *datagram), any = true;
  while (auto datagram = viewer.to_camera->receive(now_)) viewer.camera_side->on_datagram(now_, *datagram), any = true;
  if (viewer.camera_side->deadline() <= now_) viewer.camera_side->on_deadline(now_), any = true;
  if (viewer.viewer_side->deadline() <= now_) viewer.viewer_side->on_deadline(now_), any = true;
  while (auto datagram = viewer.camera_side->next_datagram()) viewer.to_viewer->send(now_, *datagram), any = true;
  if (viewer.camera_side->send_due(now_, batch_) > 0) {
    deliver(viewer, batch_);
    batch_.clear();
    any = true;
  }
  while (auto datagram = viewer.viewer_side->next_datagram()) viewer.to_camera->send(now_, *datagram), any = true;
  while (auto event = viewer.camera_side->next_event()) {
    if (std::holds_alternative<net::Peer::KeyframeWanted>(*event)) {
      ++viewer.keyframes_wanted;
      keyframe_due_ = true;
    }
    viewer.camera_events.push_back(std::move(*event));
    any = true;
  }
  while (auto event = viewer.viewer_side->next_event()) {
    any = true;
    if (auto* frame = std::get_if<ReceiverPeer::Frame>(&*event))
      viewer.frames.push_back(std::move(frame->unit));
    else
      viewer.viewer_events.push_back(std::move(*event));
  }
  return any;
}

void PeerPair::settle() {
  for (bool any = true; any;) {
    any = false;
    for (Viewer& viewer : viewers_) {
      any = move(viewer) || any;
      if (viewer.joined || !viewer.camera_side->connected()) continue;
      viewer.joined = true;
      any = true;
      if (next_frame_at_ == kNever) {
        next_frame_at_ = now_;  // the encoder starts for the first viewer, with a key frame
        if (sound_) next_audio_at_ = now_;
        continue;
      }
      viewer.camera_side->join(now_, milliseconds(300), batch_);
      deliver(viewer, batch_);
      batch_.clear();
    }
  }
}

void PeerPair::deliver(Viewer& viewer, const net::DatagramBatch& batch) {
  for (const ByteView datagram : batch.datagrams()) {
    if (on_media_sent) on_media_sent(datagram);
    viewer.to_viewer->send(now_, datagram);
  }
}

std::size_t PeerPair::next_size() const {
  constexpr std::size_t kLeast = 500;
  std::size_t size = frame_size_;
  for (const Viewer& viewer : viewers_) {
    const net::Peer& peer = *viewer.camera_side;
    const auto estimate = adaptive_ && peer.connected() ? peer.estimate() : std::nullopt;
    if (!estimate) continue;
    const Bitrate media = net::TierAllocator::media_rate(*estimate, peer.sound_rate(), peer.loss());
    size = std::min(size, static_cast<std::size_t>(media.bps() / 8 / 30));
  }
  return std::max(size, std::min(frame_size_, kLeast));
}

void PeerPair::send_frame() {
  const bool keyframe = keyframe_due_ && now_ - last_keyframe_at_ >= kKeyframeInterval;
  const rtp::FramePacketsPtr frame = source_.next(now_, keyframe, next_size());
  if (frame->keyframe) {
    keyframe_due_ = false;
    last_keyframe_at_ = now_;
    ++keyframes_encoded_;
  }
  history_.push(frame, now_);
  for (Viewer& viewer : viewers_) {
    if (viewer.muted) continue;
    viewer.camera_side->send_frame(now_, *frame, batch_);
    deliver(viewer, batch_);
    batch_.clear();
  }
  next_frame_at_ = now_ + kFrameInterval;
}

void PeerPair::send_audio() {
  auto frame = std::make_shared<rtp::FramePackets>();
  frame->first_index = next_audio_index_++;
  frame->timestamp = {static_cast<std::uint32_t>(960 * next_audio_index_)};
  frame->captured_at = now_;
  frame->keyframe = true;
  frame->bytes.assign(80, 0x55);
  frame->fragments = {{0, 80}};
  last_sound_ = {frame->timestamp, now_};
  audio_history_.push(frame, now_);
  for (Viewer& viewer : viewers_) {
    viewer.camera_side->send_audio(now_, *frame, batch_);
    deliver(viewer, batch_);
    batch_.clear();
  }
  next_audio_at_ = now_ + sound_interval_;
}

TimePoint PeerPair::next_deadline() const {
  TimePoint next = std::min(next_frame_at_, next_audio_at_);
  for (const Viewer& viewer : viewers_) {
    next = std::min({next, viewer.camera_side->deadline(), viewer.viewer_side->deadline(), viewer.to_viewer->deadline(),
                     viewer.to_camera->deadline()});
  }
  return next;
}

void PeerPair::run(Duration duration) {
  (void)run_until([] { return false; }, duration);
}

bool PeerPair::run_until(const std::function<bool()>& done, Duration limit) {
  const TimePoint end = now_ + limit;
  for (;;) {
    settle();
    if (next_frame_at_ <= now_) {
      send_frame();
      settle();
    }
    if (next_audio_at_ <= now_) {
      send_audio();
      settle();
    }
    if (done()) return true;
    if (now_ >= end) return false;
    now_ = std::min(end, next_deadline());
  }
}

}  // namespace perch::sim
