#include "media/rtp/packet_history.hpp"

#include <algorithm>
#include <utility>

namespace perch::rtp {

void PacketHistory::push(FramePacketsPtr frame, TimePoint now) {
  // An index that does not follow on belongs to another stream: nothing older can be asked for any more.
  if (!frames_.empty() && frames_.back()->end_index() != frame->first_index) clear();
  packets_ += frame->fragments.size();
  frames_.push_back(std::move(frame));
  // The newest frame stays whatever its age and size: it is about to be sent.
  while (frames_.size() > 1 && (packets_ > kMaxPackets || now - frames_.front()->captured_at > kMaxAge)) drop_oldest();
}

std::optional<PacketHistory::Packet> PacketHistory::find(PacketIndex index) const {
  const auto after = std::upper_bound(frames_.begin(), frames_.end(), index,
                                      [](PacketIndex i, const FramePacketsPtr& f) { return i < f->first_index; });
  if (after == frames_.begin()) return std::nullopt;
  const FramePacketsPtr& frame = *std::prev(after);
  if (index >= frame->end_index()) return std::nullopt;
  return Packet{frame, static_cast<std::size_t>(index - frame->first_index)};
}

std::vector<FramePacketsPtr> PacketHistory::since_last_keyframe() const {
  const auto newest = std::find_if(frames_.rbegin(), frames_.rend(), [](const auto& f) { return f->keyframe; });
  if (newest == frames_.rend()) return {};
  return {std::prev(newest.base()), frames_.end()};
}

std::optional<TimePoint> PacketHistory::last_keyframe_at() const {
  const auto newest = std::find_if(frames_.rbegin(), frames_.rend(), [](const auto& f) { return f->keyframe; });
  if (newest == frames_.rend()) return std::nullopt;
  return (*newest)->captured_at;
}

void PacketHistory::clear() {
  frames_.clear();
  packets_ = 0;
}

void PacketHistory::drop_oldest() {
  packets_ -= frames_.front()->fragments.size();
  frames_.pop_front();
}

}  // namespace perch::rtp
