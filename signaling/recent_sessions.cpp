// See recent_sessions.hpp.
#include "signaling/recent_sessions.hpp"

#include <algorithm>

namespace perch::signaling {

SessionNumbers* RecentSessions::find(const SessionKey& key) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.first == key; });
  if (found == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  return &entries_.front().second;
}

SessionNumbers& RecentSessions::obtain(const SessionKey& key) {
  if (SessionNumbers* known = find(key)) return *known;
  if (entries_.size() == kCapacity) entries_.pop_back();
  entries_.emplace_front(key, SessionNumbers{});
  return entries_.front().second;
}

SessionNumbers RecentSessions::take(const SessionKey& key) {
  const SessionNumbers* known = find(key);
  if (known == nullptr) return {};
  const SessionNumbers numbers = *known;
  entries_.pop_front();
  return numbers;
}

}  // namespace perch::signaling
