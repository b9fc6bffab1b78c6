// Transport-wide congestion control feedback: when each packet of the whole transport arrived.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/base/time.hpp"
#include "media/rtp/types.hpp"
#include "net/rtcp/packet.hpp"

namespace perch::net::rtcp {

/// draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. Covers the numbers base … base + status_count - 1; those
/// without an arrival had not come when it was written.
struct TransportFeedback {
  static constexpr microseconds kClockPeriod = (1 << 24) * milliseconds(64);  // twelve days
  struct Arrival {
    rtp::SequenceNumber number;
    /// On the receiver's clock, whose zero means nothing; steps of 250 us. Known up to a multiple of kClockPeriod, the
    /// same for all of one feedback.
    microseconds at{};
    bool operator==(const Arrival&) const = default;
  };
  rtp::Ssrc sender_ssrc = 0;
  rtp::Ssrc media_ssrc = 0;
  rtp::SequenceNumber base;
  std::uint16_t status_count = 0;   ///< at least 1
  std::uint8_t feedback_count = 0;  ///< of this sender, wraps: a gap is a lost feedback
  std::vector<Arrival> arrivals;    ///< in the order of their numbers
};

/// Memory is bounded by the packet's size: lost packets take none.
[[nodiscard]] std::optional<TransportFeedback> parse_transport_feedback(const PacketView& packet);
/// False, with `out` spoilt, when two arrivals are more than 8.1 s apart, out of order, or outside the range.
[[nodiscard]] bool write(ByteWriter& out, const TransportFeedback& feedback);

}  // namespace perch::net::rtcp
