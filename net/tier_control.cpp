#include "net/tier_control.hpp"

#include <utility>

namespace perch::net {
namespace {

// Between two groups of pictures that were both cut short may lie a long one that was not.
constexpr Duration kThinnedFor = seconds(10);
// What is tried at most: enough to see that a viewer can come back from low, and a little for its sound.
constexpr double kMostTried = 1.25;
constexpr Bitrate kSound = Bitrate::kbps(100);

Bitrate most_tried(const StreamLimits& limits) {
  const Bitrate tried = Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(limits.ceiling.bps()) * kMostTried));
  return TierAllocator::wire_rate(tried, kSound, 0);
}

}  // namespace

void TierControl::configure(Peer& peer) const {
  peer.set_max_rate(most_tried(allocator_.limits()));
  peer.set_thinned(!allocator_.limits().adaptable);
}

void TierControl::set_limits(TimePoint now, const StreamLimits& limits) {
  allocator_.set_limits(now, limits);
  for (const auto& [id, viewer] : viewers_) {
    if (Peer* peer = callbacks_.find(id)) configure(*peer);
  }
  carry_out();
}

void TierControl::on_path(TimePoint now, ViewerId id, Peer& peer) {
  if (!peer.sends_video()) return remove(now, id);
  if (viewers_.try_emplace(id).second) configure(peer);
  allocator_.on_path(now, id, {peer.estimate(), peer.sound_rate(), peer.loss(), peer.tier()});
  carry_out();
  judge_quality(now, id, peer);
}

void TierControl::remove(TimePoint now, ViewerId id) {
  if (viewers_.erase(id) == 0) return;
  allocator_.remove(now, id);
  carry_out();
}

void TierControl::carry_out() {
  while (auto event = allocator_.next_event()) {
    if (const auto* rates = std::get_if<TierAllocator::RatesChanged>(&*event)) {
      callbacks_.on_rates(rates->rates);
      continue;
    }
    const auto* moved = std::get_if<TierAllocator::Moved>(&*event);
    const auto* probe = std::get_if<TierAllocator::ProbeWanted>(&*event);
    const ViewerId id = moved != nullptr ? moved->id : probe->id;
    Peer* peer = callbacks_.find(id);
    if (peer == nullptr) continue;
    if (moved != nullptr)
      peer->set_tier(moved->tier);
    else
      peer->request_probe(probe->rate);
    callbacks_.on_changed(id);
  }
}

void TierControl::judge_quality(TimePoint now, ViewerId id, const Peer& peer) {
  Viewer& viewer = viewers_[id];
  if (const std::uint64_t thinned = peer.frames_thinned(); thinned != viewer.thinned) {
    viewer.thinned = thinned;
    viewer.thinned_at = now;
  }
  const bool thinned = viewer.thinned > 0 && now - viewer.thinned_at < kThinnedFor;
  const ViewerQuality quality = peer.tier() == rtp::Tier::kLow ? ViewerQuality::kLow
                                : thinned                      ? ViewerQuality::kThinned
                                                               : ViewerQuality::kFull;
  if (std::exchange(viewer.quality, quality) != quality) callbacks_.on_quality(id, quality);
}

}  // namespace perch::net
