// Numbers of sessions that are over or never began, so that late duplicates and replays stay what they are.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "signaling/replay_window.hpp"
#include "signaling/topics.hpp"

namespace perch::signaling {

/// What becomes of sessions that were, once there are many.
enum class EndedSessions {
  kForgotten,  ///< the oldest first: for access where anybody may say anything under any name, and nobody is protected
  kRemembered  ///< until nothing that was said in them can pass any more: for access that proves who spoke, and when
};

/// A session that never began has changed nothing, and what was said in it changes nothing when it is repeated: at most
/// kCapacity of these are held, and the ones used longest ago are forgotten. A session that did begin must not be
/// forgotten while one of its epochs is valid, else whoever recorded its messages could have them heeded again; nor may
/// anything that other viewers do bring that about. So these have no bound in common: each viewer has a share, nothing
/// in it makes room for anything else, and where it is full no session of that viewer begins. Thread: ctl.
class RecentSessions {
 public:
  static constexpr std::size_t kCapacity = 256;  // 50 kB
  /// Of one viewer. Begun within two epochs of 600 s at 5 in 10 s (RateLimits), a burst more, and as many as may have
  /// been live when the older epoch began: the rate ends before the room does. 60 kB for who tries.
  static constexpr std::size_t kShare = 600 + 5 + 256;

  explicit RecentSessions(EndedSessions ended) : ended_sessions_(ended) {}

  /// Null when the session is not remembered.
  [[nodiscard]] SessionNumbers* find(const SessionKey& key);
  /// Made when it is not there; valid until the next call.
  SessionNumbers& obtain(const SessionKey& key);
  /// Takes the numbers out, fresh ones when there are none: the session begins.
  [[nodiscard]] SessionNumbers take(const SessionKey& key);
  /// Of a session that was; `key.session` is a session id.
  void keep(const SessionKey& key, SessionNumbers numbers);
  /// Whether there will be room for what this session and the `live` ones of its viewer leave behind.
  [[nodiscard]] bool may_begin(const SessionKey& key, std::size_t live);
  /// Of the epochs that were valid until now the older is so no more.
  void on_new_epoch();
  [[nodiscard]] std::size_t size() const;

 private:
  using Entry = std::pair<SessionKey, SessionNumbers>;
  /// Small, there may be many: 56 bytes.
  struct Ended {
    std::array<char, 22> session;
    std::uint32_t epoch;  ///< current when it ended
    SessionNumbers numbers;
  };
  using Share = std::vector<Ended>;
  [[nodiscard]] Share* share_of(const SessionKey& key);
  [[nodiscard]] static Share::iterator find_in(Share& share, const SessionKey& key);

  const EndedSessions ended_sessions_;
  std::list<Entry> entries_;  // most recently used first
  std::map<std::string, Share, std::less<>> ended_;
  std::uint32_t epoch_ = 0;
};

}  // namespace perch::signaling
