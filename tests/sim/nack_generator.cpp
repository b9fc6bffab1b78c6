#include "tests/sim/nack_generator.hpp"

#include <algorithm>
#include <utility>

namespace perch::sim {

void NackGenerator::on_packet(TimePoint now, std::int64_t number) {
  if (!std::exchange(started_, true)) highest_ = number;
  missing_.erase(number);
  if (number - highest_ > static_cast<std::int64_t>(kMaxMissing)) {
    given_up_ = true;
    missing_.clear();
    highest_ = number;
  }
  for (; highest_ < number; ++highest_) {
    if (highest_ + 1 < number) missing_.emplace(highest_ + 1, Missing{now, 0});
  }
}

std::vector<rtp::SequenceNumber> NackGenerator::due(TimePoint now) {
  std::vector<rtp::SequenceNumber> out;
  for (auto at = missing_.begin(); at != missing_.end();) {
    Missing& missing = at->second;
    if (missing.ask_at <= now && missing.tries == kMaxTries) {
      given_up_ = true;
      at = missing_.erase(at);
      continue;
    }
    if (missing.ask_at <= now) {
      out.push_back({static_cast<std::uint16_t>(at->first)});
      ++missing.tries;
      missing.ask_at = now + kRetry;
    }
    ++at;
  }
  return out;
}

TimePoint NackGenerator::deadline() const {
  TimePoint first = kNever;
  for (const auto& [number, missing] : missing_) first = std::min(first, missing.ask_at);
  return first;
}

bool NackGenerator::take_given_up() { return std::exchange(given_up_, false); }

void NackGenerator::forget_before(std::int64_t number) {
  missing_.erase(missing_.begin(), missing_.lower_bound(number));
}

}  // namespace perch::sim
