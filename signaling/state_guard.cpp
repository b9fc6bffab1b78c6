#include "signaling/state_guard.hpp"

#include <algorithm>
#include <utility>

namespace perch::signaling {

void StateGuard::on_published(std::string payload) {
  said_ = std::move(payload);
  echo_is_due_ = true;
  last_ = WhoSpoke::kWeAlone;
}

void StateGuard::on_heard(std::string_view payload, bool our_will) {
  if (payload == said_) {
    echo_is_due_ = false;
    last_ = WhoSpoke::kWeAlone;
    return;
  }
  // MQTT 5 §4.6 keeps the order of a topic: what comes before our own words was replaced by them. Only a last will has
  // an order of its own, as it may be spoken by another node of the broker than ours.
  if (our_will) {
    last_ = std::max(last_, WhoSpoke::kOurWill);
  } else if (!echo_is_due_) {
    last_ = WhoSpoke::kSomebodyElse;
  }
}

WhoSpoke StateGuard::denies(TimePoint now) {
  if (now < next_) return WhoSpoke::kWeAlone;
  if (last_ != WhoSpoke::kWeAlone) next_ = now + kPause;
  return std::exchange(last_, WhoSpoke::kWeAlone);
}

}  // namespace perch::signaling
