#include "net/feedback_recorder.hpp"

#include <algorithm>
#include <cstdlib>

namespace perch::net {

void FeedbackRecorder::on_packet(TimePoint now, rtp::SequenceNumber number) {
  const std::int64_t unwrapped = unwrapper_.unwrap(number);
  const std::int64_t start = next_.value_or(unwrapped);
  if (std::abs(unwrapped - start) > kMaxSpan) {
    arrivals_.clear();
    next_ = unwrapped;
  }
  if (arrivals_.size() < kMaxArrivals) arrivals_.emplace(unwrapped, now);
}

std::optional<rtcp::TransportFeedback> FeedbackRecorder::take(rtp::Ssrc sender, rtp::Ssrc media) {
  if (arrivals_.empty()) return std::nullopt;
  // A late packet pulls the start back: its number was reported lost before.
  const std::int64_t base = std::min(next_.value_or(arrivals_.begin()->first), arrivals_.begin()->first);
  const std::int64_t end = arrivals_.rbegin()->first + 1;
  rtcp::TransportFeedback out;
  out.sender_ssrc = sender;
  out.media_ssrc = media;
  out.base = {static_cast<std::uint16_t>(base)};
  out.status_count = static_cast<std::uint16_t>(end - base);
  out.feedback_count = count_++;
  for (const auto& [number, at] : arrivals_) {
    out.arrivals.push_back({{static_cast<std::uint16_t>(number)}, microseconds(to_us(at.time_since_epoch()))});
  }
  arrivals_.clear();
  next_ = end;
  return out;
}

}  // namespace perch::net
