#include "net/receive_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace perch::net {

void ReceiveStatistics::on_packet(TimePoint now, std::int64_t number, rtp::Timestamp timestamp) {
  const auto arrival = static_cast<std::uint32_t>(to_us(now.time_since_epoch()) * clock_rate_ / 1'000'000);
  const std::uint32_t transit = arrival - timestamp.value;
  if (received_ == 0) {
    first_ = highest_ = number;
  } else {
    const auto difference = static_cast<std::int32_t>(transit - last_transit_);
    jitter_ += (std::abs(static_cast<double>(difference)) - jitter_) / 16;  // RFC 3550 §6.4.1
  }
  last_transit_ = transit;
  highest_ = std::max(highest_, number);
  ++received_;
}

void ReceiveStatistics::on_sender_report(TimePoint now, const rtcp::SenderReport& report) {
  last_sr_ = report.ntp.middle();
  last_sr_at_ = now;
}

rtcp::ReportBlock ReceiveStatistics::block(TimePoint now, rtp::Ssrc ssrc) {
  rtcp::ReportBlock out;
  out.ssrc = ssrc;
  if (received_ == 0) return out;
  const std::int64_t expected = highest_ - first_ + 1;
  const std::int64_t lost = expected - static_cast<std::int64_t>(received_);
  const std::int64_t interval = expected - expected_before_;
  const std::int64_t interval_lost = interval - static_cast<std::int64_t>(received_ - received_before_);
  if (interval > 0 && interval_lost > 0)
    out.fraction_lost = static_cast<std::uint8_t>(std::min<std::int64_t>(255, interval_lost * 256 / interval));
  out.cumulative_lost = static_cast<std::int32_t>(std::clamp<std::int64_t>(lost, -0x800000, 0x7FFFFF));
  out.extended_highest_sequence_number = static_cast<std::uint32_t>(highest_);
  out.jitter = static_cast<std::uint32_t>(jitter_);
  out.last_sr = last_sr_;
  if (last_sr_ != 0) out.delay_since_last_sr = static_cast<std::uint32_t>((to_us(now - last_sr_at_) << 16) / 1'000'000);
  expected_before_ = expected;
  received_before_ = received_;
  return out;
}

}  // namespace perch::net
