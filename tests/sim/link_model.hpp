// A bottleneck for congestion control: capacity schedule, drop-tail queue in milliseconds, loss, jitter, stalls.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "hal/base/random.hpp"
#include "hal/base/units.hpp"
#include "tests/sim/cc_scheduler.hpp"

namespace perch::sim {

/// What travels; sizes are all that a bottleneck sees.
struct Parcel {
  class Receiver* to = nullptr;
  std::uint64_t number = 0;  ///< the receiver's own name for it
  std::size_t size = 0;      ///< [bytes] with all headers
  Duration delay{};          ///< one-way delay behind the queue
  TimePoint queued_at{};     ///< set by the link
  Duration waited{};         ///< set by the link: from arrival at the queue to the start of transmission
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void on_parcel(TimePoint now, const Parcel& parcel) = 0;
};

struct LinkModelConfig {
  struct Phase {
    Duration from;
    Bitrate capacity;  ///< 0: without limit
  };
  std::vector<Phase> capacity;
  Duration queue_limit = milliseconds(300);  ///< at the capacity of the moment
  double loss = 0;                           ///< [0..1] independent
  /// RFC 8868 §5.3: NR-BPDV, the absolute value of a Gaussian, cut at three deviations; never reorders.
  Duration jitter_deviation{};
  /// Bursts of loss (Gilbert): chance per packet to enter the bad state, chance to leave it; all in it is lost.
  double burst_begin = 0;
  double burst_end = 1;
  /// Pauses of the transmitter, as when a radio waits for its turn: on average every `stall_every`, uniform up to
  /// `longest_stall`. 0: none.
  Duration stall_every{};
  Duration longest_stall{};
  /// Everything is lost in [first, second).
  std::vector<std::pair<Duration, Duration>> blackouts;
  /// Packets arrive together at multiples of this, as frames that a radio aggregates do. 0: each by itself.
  Duration aggregated{};
  /// A policer in front: what exceeds this rate, after a burst of `policed_burst` bytes, is dropped, not queued. 0:
  /// none.
  Bitrate policed;
  std::int64_t policed_burst = 10'000;
};

/// One direction, shared by any number of flows. The same seed and calls give the same run.
class LinkModel {
 public:
  LinkModel(LinkModelConfig config, Scheduler& scheduler, std::uint64_t seed);

  void send(TimePoint now, Parcel parcel);
  [[nodiscard]] Bitrate capacity(TimePoint now) const;
  /// How long a packet that came now would wait.
  [[nodiscard]] Duration backlog(TimePoint now) const;

 private:
  void start_next(TimePoint now);
  void finish(TimePoint now);
  void deliver(TimePoint now, const Parcel& parcel);
  [[nodiscard]] bool loses(TimePoint now);
  [[nodiscard]] bool exceeds_policer(TimePoint now, std::size_t size);
  [[nodiscard]] Duration jitter();
  void plan_stall(TimePoint now);

  LinkModelConfig config_;
  Scheduler& scheduler_;
  SeededRandom random_;
  std::deque<Parcel> queue_;  // the first one is being sent
  std::size_t queued_bytes_ = 0;
  bool sending_ = false;
  bool in_burst_ = false;
  TimePoint stalled_until_{};
  TimePoint last_arrival_{};
  TimePoint policer_empty_at_{};  // its bucket, as the time at which it was or will be empty of packets
};

}  // namespace perch::sim
