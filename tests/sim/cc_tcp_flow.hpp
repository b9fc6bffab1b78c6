// A TCP sender of the common kind (NewReno with selective acknowledgements) as the competitor of media flows.
#pragma once

#include <cstdint>
#include <deque>

#include "hal/base/random.hpp"
#include "tests/sim/link_model.hpp"

namespace perch::sim {

struct TcpFlowConfig {
  TimePoint from{};
  TimePoint until = kNever;
  Duration delay = milliseconds(50);  ///< one way, each direction
  /// RFC 8867 §5.7: fetches of 30..50 kB, idle for Exp(10 s) in between. False: as much as possible.
  bool short_fetches = false;
  bool starts_on = true;
};

/// Packets of 1,500 bytes, an acknowledgement for each. Slow start, one packet per round trip, half after a loss (RFC
/// 5681, RFC 6675's loss detection in its simplest form), one packet after a timeout.
class TcpFlow final : public Receiver {
 public:
  TcpFlow(const TcpFlowConfig& config, Scheduler& scheduler, LinkModel& forward, std::uint64_t seed);
  TcpFlow(const TcpFlow&) = delete;
  TcpFlow& operator=(const TcpFlow&) = delete;

  void on_parcel(TimePoint now, const Parcel& parcel) override;
  [[nodiscard]] std::uint64_t delivered_bytes() const { return delivered_; }
  [[nodiscard]] int fetches() const { return fetches_; }

 private:
  struct Outstanding {
    std::uint64_t number = 0;
    TimePoint sent{};
  };
  void begin_fetch(TimePoint now);
  void pump(TimePoint now);
  void on_acknowledgement(TimePoint now, std::uint64_t number);
  void detect_losses(std::uint64_t newest);
  void grow();
  void check_timeout(TimePoint now);

  TcpFlowConfig config_;
  Scheduler& scheduler_;
  LinkModel& forward_;
  SeededRandom random_;
  std::deque<Outstanding> outstanding_;
  double window_ = 10;        // [packets] RFC 6928
  double threshold_ = 1e9;    // [packets] slow start below
  std::int64_t to_send_ = 0;  // [packets] of this fetch, lost ones again
  std::uint64_t next_ = 0;
  std::uint64_t recovery_until_ = 0;  // losses before this number are of the same event
  Duration round_trip_ = seconds(1);
  TimePoint progress_at_{};
  bool fetching_ = false;
  std::uint64_t delivered_ = 0;
  int fetches_ = 0;
};

}  // namespace perch::sim
