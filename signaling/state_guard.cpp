#include "signaling/state_guard.hpp"

#include <utility>

namespace perch::signaling {

void StateGuard::on_published(std::string payload) {
  said_ = std::move(payload);
  echo_is_due_ = true;
  lie_stands_ = false;
}

void StateGuard::on_heard(std::string_view payload, bool our_will) {
  if (payload == said_) {
    echo_is_due_ = lie_stands_ = false;
    return;
  }
  // MQTT 5 §4.6 keeps the order of a topic: what comes before our own words was replaced by them. Only a last will has
  // an order of its own, as it may be spoken by another node of the broker than ours.
  if (!echo_is_due_ || our_will) lie_stands_ = true;
}

bool StateGuard::denies(TimePoint now) {
  if (!lie_stands_ || now < next_) return false;
  next_ = now + kPause;
  lie_stands_ = false;
  return true;
}

}  // namespace perch::signaling
