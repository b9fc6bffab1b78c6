#include "net/outbound_stream.hpp"

#include <algorithm>

namespace perch::net {
namespace {

// A round trip can be reported as next to nothing; the same packet still need not be repeated more often than this.
constexpr Duration kShortestRepeat = milliseconds(5);
// A key frame is larger than others: it may take longer to leave than what would be dropped otherwise.
constexpr Duration kLongestKeyframe = seconds(1);
// Behind a key frame, or without one, so much of a stream that does not fit may wait.
constexpr Duration kThinnedQueue = milliseconds(150);
constexpr int kPaddingWindow = 32;  // [packets] of late that are repeated to fill probes

// Tokens: the stream's name, then what the packet is. A repetition is named by its number, a first one by its index.
constexpr int kNameShift = 56;
constexpr std::uint64_t kIndexMask = (std::uint64_t{1} << 54) - 1;
constexpr std::uint64_t kLowTier = std::uint64_t{1} << 54;
constexpr std::uint64_t kEndsPicture = std::uint64_t{1} << 55;

RtpSender::Sent sent_of(std::uint64_t token) {
  return {(token & kLowTier) != 0 ? rtp::Tier::kLow : rtp::Tier::kMain,
          static_cast<rtp::PacketIndex>(token & kIndexMask)};
}

}  // namespace

std::uint64_t OutboundStream::token(const rtp::FramePackets& frame, std::size_t i) const {
  return std::uint64_t{name_} << kNameShift | (frame.tier == rtp::Tier::kLow ? kLowTier : 0) |
         (frame.is_last(i) ? kEndsPicture : 0) | ((static_cast<std::uint64_t>(frame.first_index) + i) & kIndexMask);
}

void OutboundStream::set_tier(rtp::Tier tier) {
  if (tier == wanted_tier_ || histories_[rtp::index(tier)] == nullptr) return;
  wanted_tier_ = tier;
  keyframe_wanted_ = active_;
}

bool OutboundStream::begins_wanted_tier(const rtp::FramePackets& frame) {
  if (frame.tier != wanted_tier_ || !frame.keyframe) return false;
  // Receivers do not go back in time: such an encode is behind the other one, the next key frame may do.
  const auto ahead = static_cast<std::int32_t>(frame.timestamp.value - last_timestamp_.value);
  if (next_index_ && ahead < 0) keyframe_wanted_ = true;
  return !next_index_ || ahead >= 0;
}

/// From here on this tier is sent.
void OutboundStream::enter(const rtp::FramePackets& frame) {
  if (next_index_ && last_timestamp_ == frame.timestamp) sender_.shift(frame);
  tier_ = frame.tier;
  next_index_.reset();
  open_ = false;
}

bool OutboundStream::keyframe_waits(const Pacer& pacer) const {
  if (pacer.videos() == 0) return false;
  const RtpSender::Sent first = sent_of(pacer.video(0).token);
  return first.tier == tier_ && first.index < keyframe_end_;
}

/// The picture that has begun to leave is finished; what comes after it is given up.
void OutboundStream::drop_overload(Pacer& pacer) {
  std::size_t keep = 0;
  if (unfinished_) {
    while (keep < pacer.videos() && (pacer.video(keep).token & kEndsPicture) == 0) ++keep;
    ++keep;
  }
  pacer.drop_video(keep);
  // What was lost before the gap would not be looked at any more.
  pacer.drop_repeats([this](const Pacer::Packet& packet) {
    if (name_in(packet.token) != name_) return false;
    sender_.forget_retransmission({static_cast<std::uint16_t>(packet.token)});
    return true;
  });
  ++counters_.overloads;
  skip_to_keyframe();
}

bool OutboundStream::admits_thinned(const rtp::FramePackets& frame, const Pacer& pacer) {
  const bool behind_keyframe = !frame.keyframe && keyframe_waits(pacer);
  const Duration waiting = behind_keyframe ? pacer.video_time(bytes_since_keyframe_) : pacer.video_time();
  if (waiting <= kThinnedQueue) return true;
  waiting_ = true;
  keyframe_wanted_ = false;
  ++counters_.frames_thinned;
  return false;
}

bool OutboundStream::admits_picture(const rtp::FramePackets& frame, Pacer& pacer) {
  if (!thinned_ && !waiting_ && pacer.overloaded() &&
      (!keyframe_waits(pacer) || pacer.video_time() > kLongestKeyframe + Pacer::kLongestQueue)) {
    drop_overload(pacer);
  }
  if (!frame.keyframe && waiting_) return false;
  if (thinned_ && !admits_thinned(frame, pacer)) return false;
  if (!frame.keyframe) return true;
  waiting_ = false;
  if (tier_ == wanted_tier_) keyframe_wanted_ = false;  // here it is
  bytes_since_keyframe_ = 0;
  return true;
}

bool OutboundStream::admits(const rtp::FramePackets& frame, Pacer& pacer) {
  const bool follows = next_index_ && frame.first_index == *next_index_;
  const bool begins = frame.keyframe || !open_ || !follows;
  next_index_ = frame.end_index();
  open_ = !frame.ends_frame;
  if (media_ == Media::kAudio) return true;
  // What refers to a missing frame cannot be decoded.
  if (!frame.keyframe && !waiting_ && !follows) skip_to_keyframe();
  return begins ? admits_picture(frame, pacer) : !waiting_;
}

std::size_t OutboundStream::hand_over(const rtp::FramePackets& frame, Pacer& pacer) {
  const PacketKind kind = media_ == Media::kAudio ? PacketKind::kAudio : PacketKind::kVideo;
  for (std::size_t i = 0; i < frame.fragments.size(); ++i) {
    const std::size_t size = sender_.wire_size(frame.fragments[i].size);
    if (pacer.enqueue({kind, static_cast<std::uint16_t>(size), token(frame, i)})) {
      bytes_since_keyframe_ += static_cast<std::int64_t>(size);
      continue;
    }
    if (kind == PacketKind::kVideo) drop_overload(pacer);
    return i;
  }
  return frame.fragments.size();
}

std::size_t OutboundStream::send_frame(const rtp::FramePackets& frame, Pacer& pacer) {
  if (!active_) return 0;
  if (frame.tier != tier_) {
    if (!begins_wanted_tier(frame)) return 0;
    enter(frame);
  }
  if (next_index_ && frame.end_index() <= *next_index_) return 0;
  if (!admits(frame, pacer)) {
    if (frame.ends_frame) ++counters_.frames_skipped;
    return 0;
  }
  last_timestamp_ = frame.timestamp;
  const std::size_t waiting = hand_over(frame, pacer);
  if (frame.keyframe) {
    keyframe_begin_ = frame.first_index;
    keyframe_end_ = frame.end_index();
    bytes_since_keyframe_ = 0;
  }
  if (frame.ends_frame) ++counters_.frames_sent;
  return waiting;
}

std::size_t OutboundStream::join(TimePoint now, Duration max_age, Pacer& pacer) {
  if (!active_) return 0;
  tier_ = wanted_tier_;
  const rtp::PacketHistory& history = *histories_[rtp::index(tier_)];
  const std::optional<TimePoint> keyframe_at = history.last_keyframe_at();
  if (!keyframe_at || now - *keyframe_at > max_age) {
    skip_to_keyframe();
    return 0;
  }
  std::size_t waiting = 0;
  for (const rtp::FramePacketsPtr& frame : history.since_last_keyframe()) waiting += send_frame(*frame, pacer);
  return waiting;
}

void OutboundStream::set_active(bool active) {
  if (active && !active_) waiting_ = true;
  if (!active) keyframe_wanted_ = false;
  active_ = active;
}

void OutboundStream::skip_to_keyframe() {
  waiting_ = true;
  keyframe_wanted_ = true;
}

void OutboundStream::on_reset(rtp::Tier tier, Pacer& pacer) {
  if (tier != tier_) return;
  next_index_.reset();
  if (media_ == Media::kAudio) return;
  pacer.drop_video();
  open_ = unfinished_ = false;
  waiting_ = true;
}

std::optional<rtp::Tier> OutboundStream::take_keyframe_wanted() {
  if (!std::exchange(keyframe_wanted_, false)) return std::nullopt;
  return wanted_tier_;
}

std::optional<rtp::PacketHistory::Packet> OutboundStream::find(const RtpSender::Sent& sent) const {
  const rtp::PacketHistory* history = histories_[rtp::index(sent.tier)];
  return history == nullptr ? std::nullopt : history->find(sent.index);
}

std::optional<rtp::PacketHistory::Packet> OutboundStream::find(rtp::SequenceNumber number) const {
  const auto sent = sender_.index_of(number);
  return sent ? find(*sent) : std::nullopt;
}

void OutboundStream::on_nack(TimePoint now, const rtcp::Nack& nack, Duration rtt, Pacer& pacer) {
  ++counters_.nacks;
  nack.for_each([&](rtp::SequenceNumber number) { request_again(now, number, std::max(rtt, kShortestRepeat), pacer); });
}

/// What came before a key frame is not needed to go on.
bool OutboundStream::matters(const RtpSender::Sent& sent) const {
  return sent.tier == tier_ && sent.index >= keyframe_begin_;
}

void OutboundStream::request_again(TimePoint now, rtp::SequenceNumber number, Duration rtt, Pacer& pacer) {
  ++counters_.nacked;
  const std::optional<RtpSender::Sent> sent = sender_.index_of(number);
  if (!sent) return;  // never sent: nothing is missing
  const std::optional<rtp::PacketHistory::Packet> packet = find(*sent);
  if (!packet) {
    // The viewer would stand still for seconds before it asks for a key frame by itself.
    ++counters_.retransmit_too_old;
    keyframe_wanted_ = keyframe_wanted_ || matters(*sent);
    return;
  }
  if (!sender_.admit_retransmission(now, number, rtt)) {
    ++counters_.retransmit_refused;
    return;
  }
  const std::size_t size = sender_.wire_size(packet->frame->fragments[packet->fragment].size);
  const std::uint64_t token = std::uint64_t{name_} << kNameShift | number.value;
  if (pacer.enqueue({PacketKind::kRetransmission, static_cast<std::uint16_t>(size), token})) return;
  ++counters_.retransmit_refused;
  sender_.forget_retransmission(number);
}

void OutboundStream::on_picture_loss() {
  ++counters_.picture_losses;
  keyframe_wanted_ = active_;
}

void OutboundStream::on_full_intra_request(std::uint8_t sequence_number) {
  ++counters_.full_intra_requests;
  // RFC 5104 §4.3.1.2: the same number again is the same request, repeated in case it was lost.
  if (last_full_intra_ == sequence_number) return;
  last_full_intra_ = sequence_number;
  keyframe_wanted_ = active_;
}

std::size_t OutboundStream::write(TimePoint now, const Pacer::Packet& packet, ByteSpan out) {
  const bool again = packet.kind == PacketKind::kRetransmission;
  const rtp::SequenceNumber number{static_cast<std::uint16_t>(packet.token)};
  const std::optional<RtpSender::Sent> sent = again ? sender_.index_of(number) : sent_of(packet.token);
  const auto found = sent ? find(*sent) : std::nullopt;
  if (!found) {
    // It waited longer than the history reaches back.
    if (again) sender_.forget_retransmission(number);
    if (!again && media_ == Media::kVideo) skip_to_keyframe();
    if (again && sent && matters(*sent)) keyframe_wanted_ = active_;
    return 0;
  }
  const std::size_t size = again ? sender_.write_retransmission(now, *found->frame, found->fragment, number, out)
                                 : sender_.write_packet(now, *found->frame, found->fragment, out);
  if (size == 0) ++counters_.too_large;
  if (!again) unfinished_ = (packet.token & kEndsPicture) == 0;
  return size;
}

std::size_t OutboundStream::write_padding(TimePoint now, ByteSpan out) {
  if (!active_ || !sender_.uses_rtx() || sender_.packets() == 0) return 0;
  padding_behind_ = padding_behind_ % kPaddingWindow + 1;
  const rtp::SequenceNumber number = sender_.number_behind(padding_behind_);
  if (const auto found = find(number)) {
    if (const std::size_t size = sender_.write_padding(now, *found->frame, found->fragment, number, out)) return size;
  }
  return sender_.write_empty_padding(now, out);
}

}  // namespace perch::net
