// Asks for short bursts above the present rate, one at a time, and reads what came of them.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/units.hpp"
#include "net/send_log.hpp"

namespace perch::net {

/// A burst for the pacer: for `bytes` everything leaves at `rate`, filled up with padding.
struct Probe {
  Bitrate rate;
  std::size_t bytes = 0;
};

/// Start-up: each probe doubles the rate as long as the one before came through, up to a cap. Later on request: to see
/// whether a viewer can take more than it gets. Never two at once: their bursts would measure one another. Single
/// thread.
class ProbeControl {
 public:
  struct Outcome {
    Bitrate rate;          ///< what the path carried
    bool limited = false;  ///< less than was tried: this is the capacity
  };

  /// Probes at twice `from`, doubling, not above `cap`.
  void start(Bitrate from, Bitrate cap);
  /// One probe at `rate`, unless one is under way.
  void request(Bitrate rate);
  /// To be handed to the pacer; nothing when none is due.
  [[nodiscard]] std::optional<Probe> next(TimePoint now);
  /// A packet that left while the pacer was probing.
  void on_sent(TimePoint now, rtp::SequenceNumber number);
  void on_result(const SendLog::PacketResult& result, std::size_t size);
  /// After a feedback: the outcome once all of the probe has been reported.
  [[nodiscard]] std::optional<Outcome> take_outcome(TimePoint now);
  /// The path is congested: no more probes, and the one under way does not count.
  void cancel();
  [[nodiscard]] bool idle() const { return !wanted_ && !running_; }

 private:
  struct Run {
    Probe probe;
    TimePoint started{};
    std::optional<rtp::SequenceNumber> first;
    rtp::SequenceNumber last;
    int arrived = 0;
    std::size_t bytes_after_first = 0;  // by arrival
    std::size_t bytes_before_last = 0;  // by departure
    std::size_t last_size = 0;
    TimePoint first_sent{};
    TimePoint last_sent{};
    microseconds first_arrived{};
    microseconds last_arrived{};
    bool complete = false;
  };
  [[nodiscard]] static std::optional<Outcome> evaluate(const Run& run);

  std::optional<Bitrate> wanted_;
  std::optional<Run> running_;
  Bitrate cap_;  // of the doubling; 0: single probes
};

}  // namespace perch::net
