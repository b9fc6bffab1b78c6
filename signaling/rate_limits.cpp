// See rate_limits.hpp.
#include "signaling/rate_limits.hpp"

#include <algorithm>
#include <utility>

namespace perch::signaling {

bool TokenBucket::has_token(TimePoint now) {
  // The first call finds filled_at_ at the clock's zero and the bucket full, so nothing is gained that is not there.
  const double gained = std::chrono::duration<double>(now - filled_at_).count() * per_second_;
  tokens_ = std::min(burst_, tokens_ + std::max(0.0, gained));
  filled_at_ = now;
  return tokens_ >= 1;
}

bool TokenBucket::take(TimePoint now) {
  if (!has_token(now)) return false;
  tokens_ -= 1;
  return true;
}

RateLimits::Viewer& RateLimits::viewer(std::string_view name) {
  const auto found = std::find_if(viewers_.begin(), viewers_.end(), [&](const Viewer& v) { return v.name == name; });
  if (found != viewers_.end()) {
    viewers_.splice(viewers_.begin(), viewers_, found);
    return viewers_.front();
  }
  if (viewers_.size() == kMaxViewers) viewers_.pop_back();
  viewers_.push_front({.name = std::string(name), .sessions = {}});
  return viewers_.front();
}

Admission RateLimits::on_new_session(TimePoint now, std::string_view name) {
  Viewer& who = viewer(name);
  while (!who.sessions.empty() && now - who.sessions.front() >= kWindow) who.sessions.pop_front();
  if (who.sessions.size() >= kSessions) {
    const bool told = std::exchange(who.told, true);
    return told ? Admission::kRefusedAgain : Admission::kRefused;
  }
  who.sessions.push_back(now);
  who.told = false;
  return Admission::kAllowed;
}

bool RateLimits::may_answer_error(TimePoint now, std::string_view name) {
  // The viewer's own bucket first, so that one noisy viewer cannot empty the common one beyond its share.
  Viewer& who = viewer(name);
  return errors_.has_token(now) && who.errors.take(now) && errors_.take(now);
}

}  // namespace perch::signaling
