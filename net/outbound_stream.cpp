#include "net/outbound_stream.hpp"

#include <algorithm>

namespace perch::net {
namespace {

// A round trip can be reported as next to nothing; the same packet still need not be repeated more often than this.
constexpr Duration kShortestRepeat = milliseconds(5);

}  // namespace

bool OutboundStream::admits(const rtp::FramePackets& frame) {
  const bool follows = next_index_ && frame.first_index == *next_index_;
  next_index_ = frame.end_index();
  if (frame.keyframe) {
    waiting_ = false;
    keyframe_wanted_ = false;  // here it is
    return true;
  }
  if (!waiting_ && !follows) skip_to_keyframe();  // what refers to a missing frame cannot be decoded
  return !waiting_;
}

std::size_t OutboundStream::send_frame(TimePoint now, const rtp::FramePackets& frame, SrtpSession& srtp,
                                       DatagramBatch& out) {
  if (!active_ || (next_index_ && frame.end_index() <= *next_index_)) return 0;
  if (!admits(frame)) {
    ++counters_.frames_skipped;
    return 0;
  }
  std::size_t written = 0;
  for (std::size_t i = 0; i < frame.fragments.size(); ++i) {
    const ByteSpan slot = out.slot();
    const std::size_t size = sender_.write_packet(now, frame, i, slot);
    if (size == 0) {
      ++counters_.too_large;
      continue;
    }
    const std::optional<ByteSpan> packet = srtp.protect_rtp(slot, size);
    if (!packet) continue;  // counted by the session
    out.commit(*packet);
    ++written;
  }
  ++counters_.frames_sent;
  return written;
}

std::size_t OutboundStream::join(TimePoint now, Duration max_age, SrtpSession& srtp, DatagramBatch& out) {
  if (!active_) return 0;
  const std::optional<TimePoint> keyframe_at = history_.last_keyframe_at();
  if (!keyframe_at || now - *keyframe_at > max_age) {
    skip_to_keyframe();
    return 0;
  }
  std::size_t written = 0;
  for (const rtp::FramePacketsPtr& frame : history_.since_last_keyframe())
    written += send_frame(now, *frame, srtp, out);
  return written;
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

void OutboundStream::on_nack(TimePoint now, const rtcp::Nack& nack, Duration rtt) {
  ++counters_.nacks;
  nack.for_each([&](rtp::SequenceNumber number) { request_again(now, number, std::max(rtt, kShortestRepeat)); });
}

void OutboundStream::request_again(TimePoint now, rtp::SequenceNumber number, Duration rtt) {
  ++counters_.nacked;
  const std::optional<rtp::PacketIndex> index = sender_.index_of(number);
  if (!index) return;  // never sent: nothing is missing
  std::optional<rtp::PacketHistory::Packet> packet = history_.find(*index);
  if (!packet) {
    // The viewer would stand still for seconds before it asks for a key frame by itself.
    ++counters_.retransmit_too_old;
    keyframe_wanted_ = true;
    return;
  }
  if (!sender_.admit_retransmission(now, number, rtt)) {
    ++counters_.retransmit_refused;
    return;
  }
  repeats_.push_back({std::move(*packet), number});
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

std::size_t OutboundStream::next_retransmission(TimePoint now, ByteSpan out) {
  while (repeats_done_ < repeats_.size()) {
    const Repeat repeat = std::move(repeats_[repeats_done_++]);
    const std::size_t size =
        sender_.write_retransmission(now, *repeat.packet.frame, repeat.packet.fragment, repeat.number, out);
    if (size != 0) return size;
    ++counters_.too_large;
  }
  repeats_.clear();
  repeats_done_ = 0;
  return 0;
}

}  // namespace perch::net
