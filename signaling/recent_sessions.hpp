// Numbers of sessions that are over or never began, so that late duplicates stay duplicates.
#pragma once

#include <list>
#include <utility>

#include "signaling/replay_window.hpp"
#include "signaling/topics.hpp"

namespace perch::signaling {

/// Holds at most kCapacity sessions; the ones used longest ago are forgotten. Thread: ctl.
class RecentSessions {
 public:
  static constexpr std::size_t kCapacity = 256;  // 50 kB at most, and hours of ordinary coming and going

  /// Null when the session is not remembered.
  [[nodiscard]] SessionNumbers* find(const SessionKey& key);
  /// Made when it is not there; valid until the next call.
  SessionNumbers& obtain(const SessionKey& key);
  /// Takes the numbers out, fresh ones when there are none.
  [[nodiscard]] SessionNumbers take(const SessionKey& key);
  void keep(const SessionKey& key, SessionNumbers numbers) { obtain(key) = numbers; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  using Entry = std::pair<SessionKey, SessionNumbers>;
  std::list<Entry> entries_;  // most recently used first
};

}  // namespace perch::signaling
