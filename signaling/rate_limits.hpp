// How often viewers may begin sessions, and how often they are told off.
#pragma once

#include <list>
#include <string>
#include <string_view>

#include "hal/base/time.hpp"

namespace perch::signaling {

/// Holds up to `burst` tokens and gains `per_second`; starts full.
class TokenBucket {
 public:
  TokenBucket(double burst, double per_second) : burst_(burst), per_second_(per_second), tokens_(burst) {}
  /// Takes a token if there is one.
  [[nodiscard]] bool take(TimePoint now);
  [[nodiscard]] bool has_token(TimePoint now);

 private:
  double burst_;
  double per_second_;
  double tokens_;
  TimePoint filled_at_{};
};

enum class Admission { kAllowed, kRefused, kRefusedAgain };

/// PROTOCOL.md "Limits". Remembers at most kMaxViewers names, the most recent ones: whoever may choose names freely
/// (open access) escapes the limit per viewer, but not those for all. Thread: ctl.
class RateLimits {
 public:
  static constexpr std::size_t kMaxViewers = 64;
  static constexpr std::size_t kSessions = 5;
  static constexpr Duration kWindow = seconds(10);

  /// `name` is the viewer's. kRefused the first time over the limit, kRefusedAgain until a session is allowed again.
  [[nodiscard]] Admission on_new_session(TimePoint now, std::string_view name);
  /// Whether an `error` may go out: garbage must not be turned into traffic.
  [[nodiscard]] bool may_answer_error(TimePoint now, std::string_view name);
  /// Offers that turn out to be worth nothing are the dearest thing that a stranger can have us read, and each leaves a
  /// line in the log: after too many of them nobody's is read for a moment.
  void on_worthless_offer(TimePoint now) { static_cast<void>(worthless_.take(now)); }
  [[nodiscard]] bool may_read_offer(TimePoint now) { return worthless_.has_token(now); }
  [[nodiscard]] std::size_t size() const { return viewers_.size(); }

 private:
  struct Viewer {
    std::string name;
    std::list<TimePoint> sessions;  // at most kSessions
    bool told = false;
    TokenBucket errors{10, 5};
  };
  Viewer& viewer(std::string_view name);

  std::list<Viewer> viewers_;  // most recently used first
  TokenBucket errors_{20, 10};
  TokenBucket worthless_{20, 10};
};

}  // namespace perch::signaling
