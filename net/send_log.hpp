// What was sent when, by transport-wide sequence number, so that feedback can be turned into delays and losses.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hal/base/time.hpp"
#include "net/rtcp/transport_feedback.hpp"

namespace perch::net {

/// Numbers all packets of one viewer's transport, whatever their stream, and remembers the last `kCapacity` of them.
/// Single thread (net).
class SendLog {
 public:
  /// 5 s at 2 Mbit/s; feedback is a few hundred milliseconds old at worst.
  static constexpr std::size_t kCapacity = 1024;

  /// One packet as the feedback reports it.
  struct PacketResult {
    rtp::SequenceNumber number;
    TimePoint sent_at;
    std::uint16_t size = 0;                  ///< [bytes] on the wire without UDP and IP
    std::optional<microseconds> arrived_at;  ///< receiver's clock; nothing when reported lost
  };

  /// The number that the next packet carries.
  [[nodiscard]] rtp::SequenceNumber next_number() const { return next_; }
  /// The packet with next_number() left now.
  void on_sent(TimePoint now, std::size_t size);

  /// Calls `visit(const PacketResult&)` for each packet that `feedback` reports for the first time, in order. A packet
  /// reported lost may arrive in a later feedback and is then visited again.
  template <class Visit>
  void on_feedback(TimePoint now, const rtcp::TransportFeedback& feedback, Visit visit) {
    auto arrival = feedback.arrivals.begin();
    for (int i = 0; i < feedback.status_count; ++i) {
      const rtp::SequenceNumber number = feedback.base + i;
      const bool arrived = arrival != feedback.arrivals.end() && arrival->number == number;
      const std::optional<microseconds> at = arrived ? std::optional(arrival->at) : std::nullopt;
      if (arrived) ++arrival;
      if (const auto result = report(now, number, at)) visit(*result);
    }
  }

 private:
  enum class State : std::uint8_t { kEmpty, kSent, kLost, kArrived };
  struct Entry {
    std::uint32_t sent_us = 0;  // low bits; full time follows from `now`, wraps after 71 minutes
    rtp::SequenceNumber number;
    std::uint16_t size = 0;
  };

  [[nodiscard]] std::optional<PacketResult> report(TimePoint now, rtp::SequenceNumber number,
                                                   std::optional<microseconds> arrived_at);

  std::array<Entry, kCapacity> entries_{};
  std::array<State, kCapacity> states_{};
  rtp::SequenceNumber next_;
};

}  // namespace perch::net
