// The bottleneck's rate, read from how far it pulls packets apart that were sent close together.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/units.hpp"

namespace perch::net {

/// Packet dispersion: of two packets sent faster than the bottleneck, the second leaves it one transmission time after
/// the first. Every paced frame is thus a small probe, and the pauses between frames cost nothing. Sums over many
/// pairs, because jitter falsifies each. Beside other flows it tells the share this one gets. Single thread.
class Bottleneck {
 public:
  /// Packets in the order they were sent; `follows`: none was lost in between. A pair counts when it left faster than
  /// `reference`; slower ones would only repeat how fast they were sent.
  void add(microseconds sent_at, microseconds arrived_at, std::size_t size, bool follows, Bitrate reference);
  /// The last second or so; nothing while too little is known. Never more than what was tried.
  [[nodiscard]] std::optional<Bitrate> rate(microseconds newest) const { return slow_.rate(newest); }
  /// The last tenth of a second: noisy, but the first to know that the capacity fell.
  [[nodiscard]] std::optional<Bitrate> latest(microseconds newest) const { return fast_.rate(newest); }
  /// What was known no longer holds: only the latest is kept.
  void forget() { slow_ = Sums{slow_.memory, fast_.bits, fast_.sent, fast_.arrived, fast_.at}; }

 private:
  struct Sums {
    double memory = 0;  // [us] weights fall to a half in about this time
    double bits = 0;
    double sent = 0;     // [us]
    double arrived = 0;  // [us]
    microseconds at{};
    void add(microseconds now, double more_bits, double more_sent, double more_arrived);
    [[nodiscard]] std::optional<Bitrate> rate(microseconds newest) const;
  };

  Sums slow_{500'000, 0, 0, 0, {}};
  Sums fast_{80'000, 0, 0, 0, {}};
  std::optional<microseconds> last_sent_;
  microseconds last_arrived_{};
};

}  // namespace perch::net
