#include "net/congestion/pacer.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr std::uint16_t kPaddingSize = 1200;
constexpr std::int64_t kRepeatShare = 4;  // a quarter of the target
constexpr std::int64_t kNsPerS = 1'000'000'000;
constexpr Duration kRepeatBurst = milliseconds(100);  // so much of the share may be saved up

}  // namespace

void Pacer::set_rates(Bitrate pacing, Bitrate target) {
  pacing_ = pacing;
  target_ = target;
}

bool Pacer::enqueue(const Packet& packet) {
  const auto push = [&packet](auto& queue) {
    if (queue.full()) return false;
    queue.push(packet);
    return true;
  };
  if (packet.kind == PacketKind::kAudio) return push(audio_);
  const bool video = packet.kind == PacketKind::kVideo;
  if (!(video ? push(video_) : push(repeats_))) return false;
  queued_bytes_ += packet.size;
  if (video) video_bytes_ += packet.size;
  return true;
}

void Pacer::refill(TimePoint now) {
  const std::int64_t share = target_.bps() / kRepeatShare;
  const std::int64_t most = share * nanoseconds(kRepeatBurst).count();
  const std::int64_t passed = std::min<std::int64_t>(nanoseconds(now - refilled_at_).count(), kNsPerS);
  repeat_budget_ = std::min(repeat_budget_ + share * passed, most);
  refilled_at_ = now;
}

std::optional<Pacer::Packet> Pacer::pick() {
  std::optional<Packet> out;
  if (!repeats_.empty() && repeat_budget_ >= 0) {
    out = repeats_.front();
    repeats_.pop();
    repeat_budget_ -= out->size * 8 * kNsPerS;
  } else if (!video_.empty()) {
    out = video_.front();
    video_.pop();
    video_bytes_ -= out->size;
  } else if (probe_) {
    return Packet{PacketKind::kPadding, kPaddingSize, 0};
  } else {
    return std::nullopt;
  }
  queued_bytes_ -= out->size;
  return out;
}

void Pacer::charge(TimePoint now, std::size_t size) {
  const Bitrate rate = probe_ ? probe_->rate : pacing_;
  // A wake-up that came a little late is made good, a pause is not.
  const TimePoint from = free_at_ < now - kTick ? now : free_at_;
  free_at_ = from + rate.time_for(static_cast<std::int64_t>(size));
  if (!probe_) return;
  if (probe_->bytes <= size) {
    probe_.reset();
  } else {
    probe_->bytes -= size;
  }
}

std::optional<Pacer::Leaving> Pacer::next(TimePoint now) {
  refill(now);
  const bool probing = probe_.has_value();
  if (!audio_.empty()) {
    const Packet out = audio_.front();
    audio_.pop();
    charge(now, out.size);
    return Leaving{out, probing};
  }
  if (now >= free_at_) tick_until_ = now + kTick;
  if (free_at_ > now && free_at_ >= tick_until_) return std::nullopt;
  const std::optional<Packet> out = pick();
  if (!out) return std::nullopt;
  charge(now, out->size);
  return Leaving{*out, probing};
}

TimePoint Pacer::deadline() const {
  if (!audio_.empty()) return TimePoint::min();
  if (!video_.empty() || probe_) return free_at_;
  if (repeats_.empty()) return kNever;
  if (repeat_budget_ >= 0) return free_at_;
  const std::int64_t share = std::max<std::int64_t>(1, target_.bps() / kRepeatShare);
  return std::max(free_at_, refilled_at_ + nanoseconds(-repeat_budget_ / share + 1));
}

Duration Pacer::video_time(std::int64_t bytes) const {
  const Duration alone = pacing_.time_for(bytes);
  const Duration others = pacing_.time_for(queued_bytes_ - video_bytes_);
  return alone + std::min(others, alone / (kRepeatShare - 1));
}

void Pacer::drop_video(std::size_t keep) {
  for (std::size_t i = keep; i < video_.size(); ++i) {
    queued_bytes_ -= video_[i].size;
    video_bytes_ -= video_[i].size;
  }
  video_.keep(keep);
}

}  // namespace perch::net
