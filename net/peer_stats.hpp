// What one viewer's transport counts, as a snapshot.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/time.hpp"
#include "hal/base/units.hpp"
#include "media/rtp/frame_packets.hpp"

namespace perch::net {

/// Totals since the peer was made, unless said otherwise.
struct PeerStats {
  std::uint64_t packets_sent = 0;          ///< media, without retransmissions
  std::uint64_t picture_packets_sent = 0;  ///< of which the video's
  std::uint64_t octets_sent = 0;           ///< their payload [bytes]
  std::uint64_t retransmitted = 0;         ///< [packets]
  std::uint64_t frames_sent = 0;
  std::uint64_t frames_skipped = 0;  ///< before the first key frame, and after a skip
  std::uint64_t frames_thinned = 0;  ///< groups of pictures whose end did not fit the network, see OutboundStream
  std::uint64_t overloads = 0;       ///< too much waited: dropped up to the next key frame
  std::uint64_t send_failed = 0;     ///< packets too large, or refused by SRTP

  std::uint64_t nacks = 0;                ///< NACK packets received
  std::uint64_t packets_nacked = 0;       ///< packets they asked for
  std::uint64_t nacks_too_old = 0;        ///< of which no longer in the history
  std::uint64_t nacks_refused = 0;        ///< of which repeated too soon or over the budget
  std::uint64_t picture_losses = 0;       ///< PLI received
  std::uint64_t full_intra_requests = 0;  ///< FIR received

  std::optional<Duration> round_trip;  ///< smoothed over receiver reports; nothing before the first
  double fraction_lost = 0;            ///< [0..1] of the video, by the last receiver report
  double audio_fraction_lost = 0;      ///< [0..1] of the sound; repetitions do not make it less
  std::int32_t cumulative_lost = 0;    ///< of the video, by the last receiver report [packets]
  Duration jitter{};                   ///< of the video, by the last receiver report

  std::uint64_t transport_feedbacks = 0;
  std::uint64_t feedback_arrived = 0;  ///< packets reported as arrived
  std::uint64_t feedback_lost = 0;     ///< packets reported as lost, also those that came later after all
  std::optional<Bitrate> remb;         ///< the last one received

  Bitrate estimate;                   ///< what the network will carry, all streams and headers together
  Duration queued{};                  ///< in the pacer: how long a new packet would wait
  double loss = 0;                    ///< [0..1] smoothed, of all packets
  rtp::Tier tier = rtp::Tier::kMain;  ///< what the viewer gets

  std::uint64_t reports_sent = 0;       ///< SR
  std::uint64_t rtcp_received = 0;      ///< authentic compounds
  std::uint64_t rtcp_malformed = 0;     ///< authentic but unreadable
  std::uint64_t not_authentic = 0;      ///< SRTP or SRTCP that failed its check, replays included
  std::uint64_t dropped_early = 0;      ///< media before the keys are known
  std::uint64_t talk_packets = 0;       ///< media that the viewer may send
  std::uint64_t rtp_unexpected = 0;     ///< media it may not
  std::uint64_t unknown_datagrams = 0;  ///< neither DTLS nor RTP nor RTCP
};

}  // namespace perch::net
