// One outgoing stream of one viewer: which frames it gets, and what it gets again.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "media/rtp/packet_history.hpp"
#include "net/congestion/pacer.hpp"
#include "net/rtcp/compound.hpp"
#include "net/rtp_sender.hpp"

namespace perch::net {

/// Decides where a viewer may enter the stream and change between its tiers (key frames only), hands packets to the
/// pacer by name, writes them when they leave, and answers retransmission requests from the histories shared by all
/// viewers. Single thread (net). The histories are borrowed and must outlive the stream.
class OutboundStream {
 public:
  struct Counters {
    std::uint64_t frames_sent = 0;         ///< let in; they leave as the pacer says
    std::uint64_t frames_skipped = 0;      ///< while waiting for a key frame
    std::uint64_t frames_thinned = 0;      ///< of which left out because the network carries only some
    std::uint64_t overloads = 0;           ///< too much waited: dropped up to the next key frame
    std::uint64_t too_large = 0;           ///< packets that did not fit a datagram
    std::uint64_t nacks = 0;               ///< NACK packets received
    std::uint64_t nacked = 0;              ///< packets asked for
    std::uint64_t retransmit_refused = 0;  ///< asked for again within a round trip, or over the budget
    std::uint64_t retransmit_too_old = 0;  ///< no longer in the history: a key frame is asked for instead
    std::uint64_t picture_losses = 0;
    std::uint64_t full_intra_requests = 0;
  };
  /// By tier; none for those that the stream does not have.
  using Histories = std::array<const rtp::PacketHistory*, rtp::kTiers>;
  enum class Media : std::uint8_t { kVideo, kAudio };

  /// `name` is given back in the tokens of what waits in the pacer [0..255]: the owner finds the stream by it.
  OutboundStream(RtpSender sender, Histories histories, Media media, std::uint8_t name)
      : sender_(std::move(sender)), histories_(histories), media_(media), name_(name) {}

  /// Hands the packets of a frame, or of a part of one, to the pacer and gives their number. Frames come in order; one
  /// that was let in already is left out, and those of tiers the viewer does not watch. After a gap nothing goes until
  /// the next key frame, and one is wanted.
  std::size_t send_frame(const rtp::FramePackets& frame, Pacer& pacer);
  /// What a newcomer needs: the newest key frame and all since, if it was captured within `max_age`. Otherwise (0
  /// packets) a key frame is wanted.
  std::size_t join(TimePoint now, Duration max_age, Pacer& pacer);
  /// Lets nothing more in until the next key frame, and wants one.
  void skip_to_keyframe();
  /// Sends nothing while it is not active, and nothing is asked for; then begins anew with a key frame.
  void set_active(bool active);
  /// Goes over to this tier at its next key frame; until then the present one goes on.
  void set_tier(rtp::Tier tier);
  /// The network carries only a part of a stream that cannot be made smaller: of each group of pictures the head that
  /// fits is sent, and no key frame is asked for the rest.
  void set_thinned(bool thinned) { thinned_ = thinned; }
  /// The tier's packets are numbered anew from 0: what waits of them is gone.
  void on_reset(rtp::Tier tier, Pacer& pacer);
  void set_playout_delay(const PlayoutDelay& delay) { sender_.set_playout_delay(delay); }
  [[nodiscard]] bool active() const { return active_; }
  [[nodiscard]] rtp::Tier tier() const { return tier_; }  ///< what is sent now

  void on_nack(TimePoint now, const rtcp::Nack& nack, Duration rtt, Pacer& pacer);
  void on_picture_loss();
  void on_full_intra_request(std::uint8_t sequence_number);

  /// Writes a packet of this stream's that leaves the pacer, unprotected; 0 when there is nothing to be sent after all.
  [[nodiscard]] std::size_t write(TimePoint now, const Pacer::Packet& packet, ByteSpan out);
  /// Writes something to fill a probe: packets of late again, or nothing in a packet. 0: neither can be done.
  [[nodiscard]] std::size_t write_padding(TimePoint now, ByteSpan out);
  [[nodiscard]] static std::uint8_t name_in(std::uint64_t token) { return static_cast<std::uint8_t>(token >> 56); }

  /// A key frame of this tier is needed; asking resets it, so that many reasons make one request.
  [[nodiscard]] std::optional<rtp::Tier> take_keyframe_wanted();

  [[nodiscard]] const RtpSender& sender() const { return sender_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  [[nodiscard]] bool admits(const rtp::FramePackets& frame, Pacer& pacer);
  [[nodiscard]] bool admits_picture(const rtp::FramePackets& frame, Pacer& pacer);
  [[nodiscard]] bool admits_thinned(const rtp::FramePackets& frame, const Pacer& pacer);
  [[nodiscard]] bool begins_wanted_tier(const rtp::FramePackets& frame);
  void enter(const rtp::FramePackets& frame);
  void drop_overload(Pacer& pacer);
  [[nodiscard]] bool keyframe_waits(const Pacer& pacer) const;
  std::size_t hand_over(const rtp::FramePackets& frame, Pacer& pacer);
  [[nodiscard]] std::uint64_t token(const rtp::FramePackets& frame, std::size_t i) const;
  [[nodiscard]] bool matters(const RtpSender::Sent& sent) const;
  void request_again(TimePoint now, rtp::SequenceNumber number, Duration rtt, Pacer& pacer);
  [[nodiscard]] std::optional<rtp::PacketHistory::Packet> find(const RtpSender::Sent& sent) const;
  [[nodiscard]] std::optional<rtp::PacketHistory::Packet> find(rtp::SequenceNumber number) const;

  RtpSender sender_;
  Histories histories_;
  Media media_;
  std::uint8_t name_;
  rtp::Tier tier_ = rtp::Tier::kMain;
  rtp::Tier wanted_tier_ = rtp::Tier::kMain;
  std::optional<rtp::PacketIndex> next_index_;  // of tier_; nothing before the first frame seen
  rtp::Timestamp last_timestamp_;               // let in
  bool open_ = false;                           // the last part seen does not end its picture
  bool unfinished_ = false;                     // the last packet that left does not end its picture
  bool active_ = true;
  bool waiting_ = true;  // for a key frame
  bool thinned_ = false;
  bool keyframe_wanted_ = false;
  rtp::PacketIndex keyframe_begin_ = 0;  // of the last one let in
  rtp::PacketIndex keyframe_end_ = 0;
  std::int64_t bytes_since_keyframe_ = 0;  // let in after it
  std::optional<std::uint8_t> last_full_intra_;
  int padding_behind_ = 0;
  Counters counters_;
};

}  // namespace perch::net
