// One viewer's outgoing stream: turns the packets shared by all viewers into its own sequence of RTP packets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hal/base/time.hpp"
#include "media/rtp/frame_packets.hpp"
#include "net/rtcp/report.hpp"
#include "net/send_log.hpp"

namespace perch::rtp {
class RtpPacketWriter;
}

namespace perch::net {

/// Ids agreed in SDP, 1..14; what has none is not sent. RFC 8285.
struct HeaderExtensionIds {
  std::optional<std::uint8_t> transport_wide_cc;
  std::optional<std::uint8_t> abs_send_time;
  std::optional<std::uint8_t> playout_delay;
  std::optional<std::uint8_t> mid;
};

/// How long the receiver may hold a frame [0..40.95 s, steps of 10 ms]. A minimum of 0 makes browsers show at once.
struct PlayoutDelay {
  milliseconds min{0};
  milliseconds max{0};
};

struct RtpSenderConfig {
  rtp::Ssrc ssrc = 0;
  std::uint8_t payload_type = 0;
  std::optional<rtp::Ssrc> rtx_ssrc;  ///< RFC 4588: both or neither
  std::optional<std::uint8_t> rtx_payload_type;
  HeaderExtensionIds extensions;
  PlayoutDelay playout_delay;
  std::string mid;
  std::uint32_t clock_rate = 90000;  ///< [Hz]
  bool marker_ends_frame = true;     ///< RFC 6184 §5.1; for sound the marker means something else, RFC 3551 §4.1
};

/// Numbers, writes and remembers; leaves encryption and sending to its owner. Nothing here allocates after
/// construction. Single thread (net).
class RtpSender {
 public:
  /// `first` and `first_rtx` should be random (RFC 3550 §5.1). The log is borrowed and shared by the viewer's streams.
  RtpSender(RtpSenderConfig config, rtp::SequenceNumber first, rtp::SequenceNumber first_rtx, SendLog& log);

  /// Writes fragment `i` of `frame` into `out` and gives its size; 0 when it does not fit, and then nothing is counted.
  /// Fragments come in order, frames may be left out: sequence numbers stay continuous.
  [[nodiscard]] std::size_t write_packet(TimePoint now, const rtp::FramePackets& frame, std::size_t i, ByteSpan out);

  /// From the next packet on.
  void set_playout_delay(const PlayoutDelay& delay);

  /// Frames of a picture that was sent from another tier already get this much later a timestamp: to receivers they are
  /// a picture of their own.
  void shift(const rtp::FramePackets& frame) { shifted_ = Shifted{frame.tier, frame.timestamp}; }

  struct Sent {
    rtp::Tier tier = rtp::Tier::kMain;
    rtp::PacketIndex index = 0;
    bool operator==(const Sent&) const = default;
  };
  /// The packet that was sent with this number; nothing when it was not, or longer ago than we keep account.
  [[nodiscard]] std::optional<Sent> index_of(rtp::SequenceNumber number) const;
  /// The number of the packet `behind` packets before the next one.
  [[nodiscard]] rtp::SequenceNumber number_behind(int behind) const {
    return {static_cast<std::uint16_t>(next_number_ - behind)};
  }

  /// May `number` be repeated now? Not while it waits to be, at most once per `rtt`, and all repetitions together at
  /// most as much as the stream. True takes it from the budget and counts as waiting until it is written or forgotten.
  [[nodiscard]] bool admit_retransmission(TimePoint now, rtp::SequenceNumber number, Duration rtt);
  void forget_retransmission(rtp::SequenceNumber number);
  /// Writes the packet again: as RTX when negotiated, else the same packet with fresh header extensions. 0 as above.
  [[nodiscard]] std::size_t write_retransmission(TimePoint now, const rtp::FramePackets& frame, std::size_t i,
                                                 rtp::SequenceNumber number, ByteSpan out);
  /// The same, to fill a probe: nobody asked for it. RTX must have been negotiated.
  [[nodiscard]] std::size_t write_padding(TimePoint now, const rtp::FramePackets& frame, std::size_t i,
                                          rtp::SequenceNumber number, ByteSpan out) {
    return write_again(now, frame, i, number, out);
  }
  /// A packet that carries nothing, on the RTX stream, where it cannot be mistaken for media. RFC 3550 §5.1.
  [[nodiscard]] std::size_t write_empty_padding(TimePoint now, ByteSpan out);
  /// What the network carries for a payload of this many bytes, IPv4 and UDP included [bytes].
  [[nodiscard]] std::size_t wire_size(std::size_t payload) const { return overhead_ + payload; }

  /// Sender report for `now` without blocks; nothing before the first packet.
  [[nodiscard]] std::optional<rtcp::SenderReport> report(TimePoint now, const NtpClock& clock) const;

  [[nodiscard]] const RtpSenderConfig& config() const { return config_; }
  [[nodiscard]] bool uses_rtx() const { return config_.rtx_ssrc && config_.rtx_payload_type; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }  ///< payload only
  [[nodiscard]] std::uint64_t retransmitted() const { return retransmitted_; }

 private:
  /// Packets `first` … `end` - 1 carry the numbers from `number` on (64 bits, does not wrap).
  struct Segment {
    rtp::Tier tier = rtp::Tier::kMain;
    rtp::PacketIndex first = 0;
    rtp::PacketIndex end = 0;
    std::int64_t number = 0;
  };
  struct Repeated {
    TimePoint at{};
    rtp::SequenceNumber number;
    bool used = false;
    bool waits = false;
  };
  struct Shifted {
    rtp::Tier tier;
    rtp::Timestamp timestamp;
  };

  [[nodiscard]] bool marker(const rtp::FramePackets& frame, std::size_t i) const {
    return config_.marker_ends_frame && frame.is_last(i);
  }
  void assign_next_number(rtp::Tier tier, rtp::PacketIndex index);
  [[nodiscard]] rtp::Timestamp timestamp_of(const rtp::FramePackets& frame) const;
  void write_extensions(TimePoint now, rtp::RtpPacketWriter& out) const;
  [[nodiscard]] std::size_t write_again(TimePoint now, const rtp::FramePackets& frame, std::size_t i,
                                        rtp::SequenceNumber number, ByteSpan out);
  [[nodiscard]] std::size_t finish(TimePoint now, std::size_t size);

  static constexpr std::size_t kMaxSegments = 16;     // one per skip within the history's two seconds
  static constexpr std::size_t kRepeatedSlots = 128;  // packets in flight within one round trip
  static constexpr int kMaxBudget = 256;              // [packets] one burst of loss may use at once

  RtpSenderConfig config_;
  SendLog& log_;
  std::vector<Segment> segments_;  // oldest first
  std::int64_t next_number_;
  rtp::SequenceNumber next_rtx_;
  std::array<Repeated, kRepeatedSlots> repeated_{};
  int budget_ = kMaxBudget;
  std::size_t overhead_ = 0;  // [bytes] per packet
  std::optional<Shifted> shifted_;
  rtp::Timestamp last_timestamp_;
  TimePoint last_captured_at_{};
  std::array<std::uint8_t, 3> playout_delay_{};
  std::uint64_t packets_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t retransmitted_ = 0;
};

}  // namespace perch::net
