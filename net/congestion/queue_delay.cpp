#include "net/congestion/queue_delay.hpp"

namespace perch::net {

void QueueDelay::add(microseconds sent_at, microseconds arrived_at) {
  const std::int64_t delay = (arrived_at - sent_at).count();
  recent_.add(arrived_at, delay);
  path_.add(arrived_at, delay);
  any_ = true;
}

microseconds QueueDelay::standing() const {
  return any_ ? microseconds(recent_.least() - path_.least()) : microseconds(0);
}

}  // namespace perch::net
