// See recent_sessions.hpp.
#include "signaling/recent_sessions.hpp"

#include <algorithm>
#include <string_view>

namespace perch::signaling {

RecentSessions::Share* RecentSessions::share_of(const SessionKey& key) {
  const auto found = ended_.find(key.viewer);
  return found == ended_.end() ? nullptr : &found->second;
}

RecentSessions::Share::iterator RecentSessions::find_in(Share& share, const SessionKey& key) {
  return std::find_if(share.begin(), share.end(), [&](const Ended& one) {
    return std::string_view(one.session.data(), one.session.size()) == key.session;
  });
}

SessionNumbers* RecentSessions::find(const SessionKey& key) {
  if (Share* share = share_of(key)) {
    const auto ended = find_in(*share, key);
    if (ended != share->end()) return &ended->numbers;
  }
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
  Share* share = share_of(key);
  const bool ended =
      share != nullptr && std::erase_if(*share, [&](const Ended& one) { return &one.numbers == known; }) > 0;
  if (!ended) entries_.pop_front();  // where find() has put it
  return numbers;
}

void RecentSessions::keep(const SessionKey& key, SessionNumbers numbers) {
  if (ended_sessions_ == EndedSessions::kForgotten) {
    obtain(key) = numbers;
    return;
  }
  Ended one{{}, epoch_, numbers};
  key.session.copy(one.session.data(), one.session.size());
  ended_[key.viewer].push_back(one);
}

bool RecentSessions::may_begin(const SessionKey& key, std::size_t live) {
  Share* share = share_of(key);
  if (share == nullptr) return live < kShare;
  return find_in(*share, key) != share->end() || share->size() + live < kShare;
}

void RecentSessions::on_new_epoch() {
  ++epoch_;
  // PROTOCOL.md "state": the current epoch and the previous one are valid. What was said last in a session that ended
  // in epoch n was sealed under n or n - 1.
  for (auto& [viewer, share] : ended_) {
    std::erase_if(share, [&](const Ended& one) { return epoch_ - one.epoch >= 2; });
    share.shrink_to_fit();
  }
  std::erase_if(ended_, [](const auto& one) { return one.second.empty(); });
}

std::size_t RecentSessions::size() const {
  std::size_t all = entries_.size();
  for (const auto& [viewer, share] : ended_) all += share.size();
  return all;
}

}  // namespace perch::signaling
