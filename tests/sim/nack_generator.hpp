// The receiver's side of retransmission: which packets are missing, and when to ask for them.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hal/base/time.hpp"
#include "media/rtp/types.hpp"

namespace perch::sim {

/// Works on unwrapped sequence numbers. Asks at once for a gap, then again each `kRetry` until the packet comes or is
/// given up, as browsers do.
class NackGenerator {
 public:
  static constexpr Duration kRetry = milliseconds(100);
  static constexpr int kMaxTries = 10;
  static constexpr std::size_t kMaxMissing = 1000;

  /// A packet arrived, retransmitted or not.
  void on_packet(TimePoint now, std::int64_t number);
  /// What to ask for now, oldest first; empties what has been asked for often enough.
  [[nodiscard]] std::vector<rtp::SequenceNumber> due(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;
  /// True when a packet will not come any more; asking resets it.
  [[nodiscard]] bool take_given_up();
  /// Everything before `number` is of no interest any more.
  void forget_before(std::int64_t number);
  [[nodiscard]] bool waits_for(std::int64_t number) const { return missing_.contains(number); }

 private:
  struct Missing {
    TimePoint ask_at{};
    int tries = 0;
  };
  std::map<std::int64_t, Missing> missing_;
  std::int64_t highest_ = 0;
  bool started_ = false;
  bool given_up_ = false;
};

}  // namespace perch::sim
