// The receiver's side of transport-wide congestion control: notes arrivals and reports them.
#pragma once

#include <map>
#include <optional>

#include "hal/base/time.hpp"
#include "net/rtcp/transport_feedback.hpp"

namespace perch::net {

/// Bounded whatever numbers a sender uses. Single thread.
class FeedbackRecorder {
 public:
  void on_packet(TimePoint now, rtp::SequenceNumber number);
  /// All that has arrived since the last one; nothing when nothing has.
  [[nodiscard]] std::optional<rtcp::TransportFeedback> take(rtp::Ssrc sender, rtp::Ssrc media);
  [[nodiscard]] bool empty() const { return arrivals_.empty(); }

 private:
  static constexpr std::size_t kMaxArrivals = 512;  // five times what 10 Mbit/s bring in 100 ms
  static constexpr std::int64_t kMaxSpan = 8192;    // numbers in one feedback; a longer jump begins anew

  rtp::SequenceUnwrapper unwrapper_;
  std::map<std::int64_t, TimePoint> arrivals_;
  std::optional<std::int64_t> next_;  // the first number that the next feedback covers
  std::uint8_t count_ = 0;
};

}  // namespace perch::net
