// Loss and jitter of one received source, as receiver reports carry them.
#pragma once

#include <cstdint>

#include "hal/base/time.hpp"
#include "media/rtp/types.hpp"
#include "net/rtcp/report.hpp"

namespace perch::net {

/// RFC 3550 appendices A.3 and A.8.
class ReceiveStatistics {
 public:
  explicit ReceiveStatistics(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}
  /// `number` unwrapped. Retransmissions on another SSRC are not counted here.
  void on_packet(TimePoint now, std::int64_t number, rtp::Timestamp timestamp);
  void on_sender_report(TimePoint now, const rtcp::SenderReport& report);
  /// The block for the next report; its fraction covers the time since the last call.
  [[nodiscard]] rtcp::ReportBlock block(TimePoint now, rtp::Ssrc ssrc);
  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  std::uint32_t clock_rate_;
  std::int64_t first_ = 0;
  std::int64_t highest_ = 0;
  std::uint64_t received_ = 0;
  std::int64_t expected_before_ = 0;
  std::uint64_t received_before_ = 0;
  std::uint32_t last_transit_ = 0;
  double jitter_ = 0;
  std::uint32_t last_sr_ = 0;
  TimePoint last_sr_at_{};
};

}  // namespace perch::net
