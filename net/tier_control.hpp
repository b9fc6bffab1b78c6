// Carries the tier allocator's decisions to the viewers' peers, and tells what each viewer gets.
#pragma once

#include <functional>
#include <map>

#include "net/peer.hpp"
#include "net/tier_allocator.hpp"

namespace perch::net {

/// Call on_path() when a peer connected, when its path reported and when what it wants was agreed anew. Thread: net.
/// Callbacks come from within calls; they must not remove viewers.
class TierControl {
 public:
  using ViewerId = TierAllocator::ViewerId;
  struct Callbacks {
    std::function<Peer*(ViewerId)> find;  ///< null: not connected any more
    std::function<void(TierRates)> on_rates;
    std::function<void(ViewerId, ViewerQuality)> on_quality;  ///< on change; kFull is where everybody begins
    std::function<void(ViewerId)> on_changed;                 ///< the peer was told something: see what it has to say
  };

  TierControl(Random& random, Callbacks callbacks) : allocator_(random), callbacks_(std::move(callbacks)) {}
  void set_limits(TimePoint now, const StreamLimits& limits);
  void on_path(TimePoint now, ViewerId id, Peer& peer);
  void remove(TimePoint now, ViewerId id);

 private:
  struct Viewer {
    ViewerQuality quality = ViewerQuality::kFull;
    std::uint64_t thinned = 0;                ///< as counted by the peer
    TimePoint thinned_at = TimePoint::min();  ///< when that grew
  };

  void configure(Peer& peer) const;
  void carry_out();
  void judge_quality(TimePoint now, ViewerId id, const Peer& peer);

  TierAllocator allocator_;
  Callbacks callbacks_;
  std::map<ViewerId, Viewer> viewers_;
};

}  // namespace perch::net
