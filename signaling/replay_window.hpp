// Which sequence numbers of one sender were seen already.
#pragma once

#include <cstdint>

namespace perch::signaling {

/// Remembers the highest number and the 63 below it; what is older counts as seen (compare RFC 3711 §3.3.2). QoS 1 may
/// deliver twice, and bridges may reorder a little, but never by 64 messages of one session.
class ReplayWindow {
 public:
  /// True the first time for each number.
  [[nodiscard]] bool accept(std::uint64_t seq) {
    if (seen_ != 0 && seq <= highest_) {
      const std::uint64_t age = highest_ - seq;
      if (age >= 64 || (seen_ >> age & 1) != 0) return false;
      seen_ |= 1ULL << age;
      return true;
    }
    const std::uint64_t step = seq - highest_;
    seen_ = (seen_ == 0 || step >= 64 ? 0 : seen_ << step) | 1;
    highest_ = seq;
    return true;
  }

 private:
  std::uint64_t highest_ = 0;
  std::uint64_t seen_ = 0;  ///< bit n: highest_ - n was seen; bit 0 is set from the first number on
};

/// The numbers of one session, both ways.
struct SessionNumbers {
  ReplayWindow incoming;
  std::uint64_t next_outgoing = 0;
};

}  // namespace perch::signaling
