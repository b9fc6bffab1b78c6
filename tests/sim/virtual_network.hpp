// A path between two peers that loses, delays, reorders and repeats datagrams by a seed, in virtual time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "hal/base/bytes.hpp"
#include "hal/base/random.hpp"
#include "hal/base/time.hpp"
#include "hal/base/units.hpp"

namespace perch::sim {

/// One direction. Probabilities are [0..1].
struct LinkConfig {
  Duration delay = milliseconds(10);
  Duration jitter{};  ///< added to the delay, uniform in [0, jitter]; more than the gap between packets reorders
  double loss = 0;    ///< independent of one another
  double duplication = 0;
  Bitrate capacity;                          ///< 0: without limit
  Duration queue_limit = milliseconds(300);  ///< what would wait longer for its turn is dropped
};

/// Holds datagrams in flight. The same seed and the same calls give the same run.
class VirtualLink {
 public:
  struct Counters {
    std::uint64_t sent = 0;
    std::uint64_t lost = 0;
    std::uint64_t dropped = 0;  ///< the queue was full
  };

  VirtualLink(LinkConfig config, std::uint64_t seed) : config_(config), random_(seed) {}

  /// May be changed in mid-run.
  [[nodiscard]] LinkConfig& config() { return config_; }
  /// Everything sent in [from, until) is lost: a burst.
  void black_out(TimePoint from, TimePoint until);

  void send(TimePoint now, ByteView datagram);
  /// The next datagram that has arrived by `now`.
  [[nodiscard]] std::optional<Bytes> receive(TimePoint now);
  /// When the next one arrives.
  [[nodiscard]] TimePoint deadline() const { return in_flight_.empty() ? kNever : in_flight_.begin()->first; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  void put_in_flight(TimePoint departs, ByteView datagram);
  LinkConfig config_;
  SeededRandom random_;
  std::multimap<TimePoint, Bytes> in_flight_;  // by arrival; equal times keep their order
  TimePoint free_at_{};                        // the bottleneck is busy until then
  TimePoint black_from_ = kNever;
  TimePoint black_until_ = kNever;
  Counters counters_;
};

}  // namespace perch::sim
