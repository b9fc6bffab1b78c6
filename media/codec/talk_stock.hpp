// How much sound the loudspeaker's card should have in stock.
#pragma once

#include <algorithm>
#include <cstdint>

#include "hal/base/time.hpp"

namespace perch::codec {

/// Little, because it is delay. A card that runs dry, perhaps because its own count of what is left moves in large
/// steps, gets more for a while. Pure.
class TalkStock {
 public:
  static constexpr Duration kLeast = milliseconds(20);  ///< two periods of the card
  static constexpr Duration kMost = milliseconds(60);
  static constexpr Duration kStep = milliseconds(10);
  static constexpr Duration kCalm = seconds(10);  ///< without an underrun, until one step is taken back

  /// `underruns`: the card's count.
  void update(TimePoint now, std::uint64_t underruns) {
    if (underruns > underruns_) {
      wanted_ = std::min(wanted_ + kStep, kMost);
      changed_at_ = now;
    } else if (now - changed_at_ > kCalm) {
      wanted_ = std::max(wanted_ - kStep, kLeast);
      changed_at_ = now;
    }
    underruns_ = underruns;
  }
  /// At least so much.
  [[nodiscard]] Duration wanted() const { return wanted_; }

 private:
  Duration wanted_ = kLeast;
  TimePoint changed_at_;
  std::uint64_t underruns_ = 0;
};

}  // namespace perch::codec
