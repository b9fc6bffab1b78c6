#include "net/congestion/inter_arrival.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr microseconds kBurst{5'000};
constexpr microseconds kLongestGroup{100'000};

}  // namespace

bool InterArrival::belongs(microseconds sent_at, microseconds arrived_at) const {
  if (sent_at - current_->first_sent <= kBurst) return true;
  // Packets that queued up behind something and came out together tell nothing about the time in between: draft §5.2's
  // second rule.
  const microseconds arrival_gap = arrived_at - current_->last_arrived;
  const bool caught_up = arrival_gap < sent_at - current_->last_sent;
  return caught_up && arrival_gap <= kBurst && arrived_at - current_->first_arrived < kLongestGroup;
}

std::optional<InterArrival::Delta> InterArrival::add(microseconds sent_at, microseconds arrived_at) {
  if (!current_) {
    current_ = Group{sent_at, sent_at, arrived_at, arrived_at};
    return std::nullopt;
  }
  if (sent_at < current_->first_sent) return std::nullopt;  // reordered: its group is closed
  if (belongs(sent_at, arrived_at)) {
    current_->last_sent = std::max(current_->last_sent, sent_at);
    current_->last_arrived = std::max(current_->last_arrived, arrived_at);
    return std::nullopt;
  }
  std::optional<Delta> out;
  if (previous_) {
    out = Delta{current_->last_sent - previous_->last_sent, current_->last_arrived - previous_->last_arrived,
                current_->last_arrived};
  }
  previous_ = current_;
  current_ = Group{sent_at, sent_at, arrived_at, arrived_at};
  return out;
}

}  // namespace perch::net
