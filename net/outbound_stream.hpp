// One outgoing stream of one viewer: which frames it gets, and what it gets again.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "media/rtp/packet_history.hpp"
#include "net/datagram_batch.hpp"
#include "net/rtcp/compound.hpp"
#include "net/rtp_sender.hpp"
#include "net/srtp_session.hpp"

namespace perch::net {

/// Decides where a viewer may enter the stream (key frames only) and answers its retransmission requests from the
/// history shared by all viewers. Single thread (net). The history is borrowed and must outlive the stream.
class OutboundStream {
 public:
  struct Counters {
    std::uint64_t frames_sent = 0;
    std::uint64_t frames_skipped = 0;      ///< while waiting for a key frame
    std::uint64_t too_large = 0;           ///< packets that did not fit a datagram
    std::uint64_t nacks = 0;               ///< NACK packets received
    std::uint64_t nacked = 0;              ///< packets asked for
    std::uint64_t retransmit_refused = 0;  ///< asked for again within a round trip, or over the budget
    std::uint64_t retransmit_too_old = 0;  ///< no longer in the history: a key frame is asked for instead
    std::uint64_t picture_losses = 0;
    std::uint64_t full_intra_requests = 0;
  };

  OutboundStream(RtpSender sender, const rtp::PacketHistory& history) : sender_(std::move(sender)), history_(history) {}

  /// Appends the frame's packets, protected, to `out` and gives their number. Frames come in order; one that was sent
  /// already is left out. After a gap nothing is sent until the next key frame, and one is wanted.
  std::size_t send_frame(TimePoint now, const rtp::FramePackets& frame, SrtpSession& srtp, DatagramBatch& out);
  /// Sends what a newcomer needs: the newest key frame and all since, if it was captured within `max_age`. Otherwise
  /// (0 packets) a key frame is wanted.
  std::size_t join(TimePoint now, Duration max_age, SrtpSession& srtp, DatagramBatch& out);
  /// Sends nothing more until the next key frame, and wants one.
  void skip_to_keyframe();
  /// Sends nothing while it is not active, and nothing is asked for; then begins anew with a key frame.
  void set_active(bool active);
  void set_playout_delay(const PlayoutDelay& delay) { sender_.set_playout_delay(delay); }
  [[nodiscard]] bool active() const { return active_; }

  void on_nack(TimePoint now, const rtcp::Nack& nack, Duration rtt);
  void on_picture_loss();
  void on_full_intra_request(std::uint8_t sequence_number);

  /// Writes the next packet that was asked for again, unprotected; 0 when there is none.
  [[nodiscard]] std::size_t next_retransmission(TimePoint now, ByteSpan out);
  /// A key frame is needed; asking resets it, so that many reasons make one request.
  [[nodiscard]] bool take_keyframe_wanted() { return std::exchange(keyframe_wanted_, false); }

  [[nodiscard]] const RtpSender& sender() const { return sender_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Repeat {
    rtp::PacketHistory::Packet packet;
    rtp::SequenceNumber number;
  };

  [[nodiscard]] bool admits(const rtp::FramePackets& frame);
  void request_again(TimePoint now, rtp::SequenceNumber number, Duration rtt);

  RtpSender sender_;
  const rtp::PacketHistory& history_;
  std::optional<rtp::PacketIndex> next_index_;  // nothing before the first frame seen
  bool active_ = true;
  bool waiting_ = true;  // for a key frame
  bool keyframe_wanted_ = false;
  std::optional<std::uint8_t> last_full_intra_;
  std::vector<Repeat> repeats_;  // oldest request first, from repeats_done_ on
  std::size_t repeats_done_ = 0;
  Counters counters_;
};

}  // namespace perch::net
