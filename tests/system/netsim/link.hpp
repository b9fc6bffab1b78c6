// One direction of an emulated link: what is lost, what waits, and when the rest arrives.
#pragma once

#include <optional>
#include <vector>

#include "hal/base/random.hpp"
#include "tests/system/netsim/capacity_schedule.hpp"

namespace perch::netsim {

struct LinkConfig {
  struct Span {
    Duration from{}, to{};
    bool operator==(const Span&) const = default;
  };
  CapacitySchedule capacity;
  Duration queue_limit = milliseconds(300);  ///< drop-tail, at the capacity of the moment
  Duration delay{};                          ///< one way, behind the queue
  double loss = 0;                           ///< [0..1] per packet, independent
  /// Bursts of loss (Gilbert): chance per packet to enter the bad state, chance to leave it; all in it is lost.
  double burst_begin = 0;
  double burst_end = 1;
  /// RFC 8868 §5.3: NR-BPDV, the absolute value of a Gaussian, cut at three deviations; never reorders.
  Duration jitter_deviation{};
  /// Nothing gets through: neither what comes nor what is just being sent.
  std::vector<Span> blackouts;
};

struct LinkCounters {
  std::int64_t packets_in = 0, packets_out = 0, bytes_out = 0;
  std::int64_t lost = 0, queue_full = 0, blacked_out = 0;  ///< [packets]
  Duration longest_wait{}, total_wait{};                   ///< in the queue, of the packets that were taken
};

/// Decides about packets; who keeps them is up to the caller. Until start() the link is as at time zero, but without
/// loss, jitter and blackouts, so that things can be set up over it. Same seed, same packets, same times: same outcome.
/// Loss is drawn per packet from its own source, so the n-th packet after start() meets the same fate on links that
/// differ otherwise.
class Link {
 public:
  Link(LinkConfig config, std::uint64_t seed);

  /// `now` is time zero of capacity and blackouts.
  void start(TimePoint now);
  /// A packet of `size` bytes comes: when it arrives at the other end, if it does. Times never go back.
  [[nodiscard]] std::optional<TimePoint> admit(TimePoint now, std::size_t size);
  [[nodiscard]] const LinkCounters& counters() const { return counters_; }

 private:
  [[nodiscard]] bool loses();
  [[nodiscard]] bool blacked_out(TimePoint t) const;
  [[nodiscard]] bool queue_full(TimePoint now, TimePoint begins) const;
  [[nodiscard]] Duration jitter();
  /// Time since zero time; far negative before start().
  [[nodiscard]] Duration elapsed(TimePoint t) const { return t - zero_; }

  LinkConfig config_;
  SeededRandom loss_random_;
  SeededRandom jitter_random_;
  TimePoint zero_;
  bool started_ = false;
  bool in_burst_ = false;
  TimePoint idle_at_{};       // everything that was taken has been sent
  TimePoint last_arrival_{};  // nothing overtakes
  LinkCounters counters_;
};

}  // namespace perch::netsim
