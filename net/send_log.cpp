#include "net/send_log.hpp"

namespace perch::net {
namespace {

std::uint32_t low_microseconds(TimePoint t) { return static_cast<std::uint32_t>(to_us(t.time_since_epoch())); }

}  // namespace

void SendLog::on_sent(TimePoint now, std::size_t size) {
  const std::size_t slot = next_.value % kCapacity;
  entries_[slot] = {low_microseconds(now), next_, static_cast<std::uint16_t>(size)};
  states_[slot] = State::kSent;
  next_ = next_ + 1;
}

std::optional<SendLog::PacketResult> SendLog::report(TimePoint now, rtp::SequenceNumber number,
                                                     std::optional<microseconds> arrived_at) {
  const std::size_t slot = number.value % kCapacity;
  const Entry& entry = entries_[slot];
  State& state = states_[slot];
  // Numbers that were never sent, or have been overwritten since, tell nothing.
  if (state == State::kEmpty || entry.number != number) return std::nullopt;
  const bool known = state == State::kArrived || (state == State::kLost && !arrived_at);
  if (known) return std::nullopt;
  state = arrived_at ? State::kArrived : State::kLost;
  const microseconds age{low_microseconds(now) - entry.sent_us};
  return PacketResult{number, now - age, entry.size, arrived_at};
}

}  // namespace perch::net
