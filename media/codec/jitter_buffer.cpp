// See jitter_buffer.hpp.
#include "media/codec/jitter_buffer.hpp"

#include <algorithm>
#include <utility>

#include "media/codec/opus_decoder.hpp"

namespace perch::codec {
namespace {

constexpr std::int64_t kRate = 48'000;
constexpr std::size_t kMaxStarved = kRate / 10;      // made-up sound beyond 100 ms is noise
constexpr std::int64_t kMaxGap = 10;                 // packets; a longer hole is jumped over
constexpr std::int64_t kMaxPause = kRate / 5;        // a longer pause between packets likewise
constexpr std::int64_t kMaxJump = 1000;              // packets; beyond, it is another stream
constexpr Duration kMaxTransitChange = seconds(1);   // beyond, it is another clock
constexpr Duration kMaxSilence = milliseconds(500);  // beyond, transit times begin anew
constexpr Duration kMaxExcess = milliseconds(100);   // over the target, until packets are left out

Duration duration_of(std::int64_t ticks) { return nanoseconds(ticks * 62'500 / 3); }  // 1e9 / 48,000

}  // namespace

void JitterBuffer::push(TalkPacket packet) {
  ++counters_.packets;
  const auto frames = packet.payload.size() <= kMaxPayload ? opus_duration(packet.payload) : std::nullopt;
  if (!frames) {
    ++counters_.malformed;
    return;
  }
  if (!newest_timestamp_) newest_timestamp_ = packet.timestamp.value;
  const std::int64_t sequence = sequence_.unwrap(packet.sequence_number);
  const auto step = static_cast<std::int32_t>(packet.timestamp.value - static_cast<std::uint32_t>(*newest_timestamp_));
  const std::int64_t timestamp = *newest_timestamp_ + step;
  newest_timestamp_ = std::max(*newest_timestamp_, timestamp);
  if (!take_clock(packet.arrived_at, sequence, timestamp)) begin_anew();
  if ((last_ && sequence <= *last_) || packets_.contains(sequence)) {
    ++counters_.late;
    return;
  }
  packets_.emplace(sequence, Entry{timestamp, *frames, std::move(packet.payload)});
  if (packets_.size() <= kMaxPackets) return;
  packets_.erase(packets_.begin());
  ++counters_.skipped;
}

/// False: neither numbers nor times go on from what came before.
bool JitterBuffer::take_clock(TimePoint arrived_at, std::int64_t sequence, std::int64_t timestamp) {
  const Duration transit = arrived_at.time_since_epoch() - duration_of(timestamp);
  const bool other_clock = jitter_.started() && std::chrono::abs(transit - jitter_.base()) > kMaxTransitChange;
  const bool other_numbers = last_ && std::abs(sequence - *last_) > kMaxJump;
  // After a pause the way may be another, and so may the time that the speaker's device lost meanwhile.
  const bool paused = idle() && arrived_at - last_arrival_ > kMaxSilence;
  last_arrival_ = arrived_at;
  if (other_clock || other_numbers || paused) jitter_.forget_base();
  jitter_.on_packet(arrived_at, transit);
  return !other_clock && !other_numbers;
}

void JitterBuffer::begin_anew() {
  packets_.clear();
  playing_ = false;
  last_.reset();
  starved_ = 0;
}

Duration JitterBuffer::delay_of(TimePoint at, std::int64_t timestamp) const {
  return at.time_since_epoch() - duration_of(timestamp) - jitter_.base();
}

bool JitterBuffer::may_start(TimePoint at) const {
  return !packets_.empty() && delay_of(at, packets_.begin()->second.timestamp) >= target();
}

JitterBuffer::Next JitterBuffer::next(TimePoint at) {
  if (!playing_) {
    if (!may_start(at)) return {};
    playing_ = true;
    starved_ = 0;
    last_ = packets_.begin()->first - 1;
    next_timestamp_ = packets_.begin()->second.timestamp;
  }
  catch_up(at);
  if (packets_.empty()) return starve();
  const auto& [sequence, entry] = *packets_.begin();
  settle_missing(sequence);
  if (const std::int64_t missing = sequence - *last_ - 1; missing > 0) {
    ++*last_;
    if (missing > 1) return conceal(frame_);
    next_timestamp_ += static_cast<std::int64_t>(frame_);
    ++counters_.recovered;
    payload_ = entry.payload;
    return {Action::kRecover, payload_, frame_};
  }
  // Nothing is missing, but the speaker paused (DTX).
  const std::int64_t pause = entry.timestamp - next_timestamp_ - static_cast<std::int64_t>(starved_);
  if (pause > 0 && pause <= kMaxPause) return conceal(std::min(static_cast<std::size_t>(pause), frame_));
  return play(at);
}

// Far more delay than the jitter asks for, as after a burst: what is oldest is given up.
void JitterBuffer::catch_up(TimePoint at) {
  while (packets_.size() > 1 && delay_of(at, packets_.begin()->second.timestamp) > target() + kMaxExcess) {
    const auto first = packets_.begin();
    last_ = first->first;
    next_timestamp_ = first->second.timestamp + static_cast<std::int64_t>(first->second.frames);
    starved_ = 0;
    packets_.erase(first);
    ++counters_.skipped;
  }
}

// Not lost as far as we know: should the packet still come, it is played, later by what was made up here.
JitterBuffer::Next JitterBuffer::starve() {
  starved_ += frame_;
  if (starved_ > kMaxStarved) {
    playing_ = false;
    return {};
  }
  ++counters_.concealed;
  return {Action::kConceal, {}, frame_};
}

// What was made up while nothing was there stands for packets that are now known to be lost.
void JitterBuffer::settle_missing(std::int64_t first) {
  while (first - *last_ > 1 && starved_ >= frame_) {
    ++*last_;
    next_timestamp_ += static_cast<std::int64_t>(frame_);
    starved_ -= frame_;
  }
  if (first - *last_ - 1 <= kMaxGap) return;
  last_ = first - 1;
  next_timestamp_ = packets_.begin()->second.timestamp;
}

JitterBuffer::Next JitterBuffer::conceal(std::size_t frames) {
  next_timestamp_ += static_cast<std::int64_t>(frames);
  ++counters_.concealed;
  return {Action::kConceal, {}, frames};
}

JitterBuffer::Next JitterBuffer::play(TimePoint at) {
  const auto first = packets_.begin();
  last_ = first->first;
  delay_ = delay_of(at, first->second.timestamp);
  frame_ = first->second.frames;
  next_timestamp_ = first->second.timestamp + static_cast<std::int64_t>(frame_);
  starved_ = 0;
  payload_ = std::move(first->second.payload);
  packets_.erase(first);
  return {Action::kPlay, payload_, frame_};
}

}  // namespace perch::codec
