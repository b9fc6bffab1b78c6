#include "tests/sim/virtual_network.hpp"

#include <algorithm>

namespace perch::sim {

void VirtualLink::black_out(TimePoint from, TimePoint until) {
  black_from_ = from;
  black_until_ = until;
}

void VirtualLink::put_in_flight(TimePoint departs, ByteView datagram) {
  const auto jitter =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(config_.jitter) * random_.unit());
  in_flight_.emplace(departs + config_.delay + jitter, Bytes(datagram.begin(), datagram.end()));
}

void VirtualLink::send(TimePoint now, ByteView datagram) {
  ++counters_.sent;
  const bool lost = random_.unit() < config_.loss;
  if (lost || (now >= black_from_ && now < black_until_)) {
    ++counters_.lost;
    return;
  }
  TimePoint departs = now;
  if (config_.capacity.bps() > 0) {
    departs = std::max(now, free_at_);
    if (departs - now > config_.queue_limit) {
      ++counters_.dropped;
      return;
    }
    departs += config_.capacity.time_for(static_cast<std::int64_t>(datagram.size()));
    free_at_ = departs;
  }
  put_in_flight(departs, datagram);
  if (random_.unit() < config_.duplication) put_in_flight(departs, datagram);
}

std::optional<Bytes> VirtualLink::receive(TimePoint now) {
  if (deadline() > now) return std::nullopt;
  Bytes datagram = std::move(in_flight_.begin()->second);
  in_flight_.erase(in_flight_.begin());
  return datagram;
}

}  // namespace perch::sim
