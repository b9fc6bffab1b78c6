// One viewer's transport above ICE, without sockets or clocks: DTLS, SRTP, RTP, RTCP composed.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hal/base/random.hpp"
#include "hal/base/time.hpp"
#include "media/rtp/packet_history.hpp"
#include "net/congestion/congestion_controller.hpp"
#include "net/congestion/pacer.hpp"
#include "net/congestion/queue_delay.hpp"
#include "net/congestion/windowed_rate.hpp"
#include "net/datagram_batch.hpp"
#include "net/dtls_transport.hpp"
#include "net/feedback_recorder.hpp"
#include "net/inbound_stream.hpp"
#include "net/lip_sync.hpp"
#include "net/outbound_stream.hpp"
#include "net/peer_stats.hpp"
#include "net/rtcp/compound.hpp"
#include "net/srtp_session.hpp"

namespace perch::net {

/// The histories are the stream's, shared by all viewers; they must outlive the peer.
struct StreamSendConfig {
  RtpSenderConfig rtp;
  const rtp::PacketHistory* history = nullptr;
  bool active = true;  ///< false: agreed upon, but the viewer wants none of it now (RFC 3264 §6.1)
  const rtp::PacketHistory* low_history = nullptr;  ///< of the tier `low`, if there is one
};
/// What the viewer may send.
struct TalkReceiveConfig {
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate = 48000;               ///< [Hz]
  std::optional<std::uint8_t> transport_wide_cc;  ///< id of the extension; what it numbers is reported back
  bool active = true;                             ///< false: not now; it may come with a later offer
};

/// What signaling agreed on.
struct PeerConfig {
  DtlsRole dtls_role = DtlsRole::kClient;
  std::vector<Fingerprint> remote_fingerprints;
  std::optional<StreamSendConfig> video;
  std::optional<StreamSendConfig> audio;
  std::optional<TalkReceiveConfig> talk;  ///< nothing: media from the viewer is refused
  bool may_talk = false;                  ///< `talk` may come with a later offer, for which room is kept (some 14 kB)
  std::string cname;                      ///< random, new for each viewer (RFC 7022)
  /// Of the congestion control; whether it may probe follows from the video's RTX.
  Bitrate start_rate = Bitrate::kbps(1000);
  Bitrate max_rate = Bitrate::kbps(2700);
  bool burst = true;  ///< CongestionController::Config::burst
};

/// Owns everything about one viewer between the ICE path and the encoder: what its network carries is found out here,
/// what is done about it is decided elsewhere. Single thread (net). Call next_event(), next_datagram() and send_due()
/// until empty, and read deadline() again, after every other call.
class Peer {
 public:
  struct Connected {};
  /// The viewer cannot go on without one. Many reasons in a row make one event.
  struct KeyframeWanted {
    rtp::Tier tier = rtp::Tier::kMain;
  };
  /// Feedback came, or stayed away: estimate() may have changed.
  struct PathReported {};
  /// The first packet of the first key frame left. Once.
  struct PictureBegan {
    TimePoint at{};
  };
  /// The viewer ended it.
  struct Closed {
    std::string reason;
  };
  /// It never came about, e.g. a wrong fingerprint.
  struct Failed {
    std::string reason;
  };
  /// A packet of what the viewer says.
  struct TalkReceived {
    InboundPacket packet;
  };
  using Event = std::variant<Connected, KeyframeWanted, PathReported, PictureBegan, TalkReceived, Closed, Failed>;

  /// Certificate and Random are borrowed and must outlive the peer. kInvalid without a fingerprint or a history.
  [[nodiscard]] static Result<std::unique_ptr<Peer>> create(PeerConfig config, const DtlsCertificate& certificate,
                                                            Random& random, NtpClock clock);

  /// A later offer of the same session: streams begin, pause and go on with the numbers they had. Payload types of
  /// streams that exist stay (RFC 3264 §8.3.2: their meaning must not change). Call join() when
  /// video became active.
  void renegotiate(PeerConfig config);
  /// ICE has a path; the DTLS client begins now. Calling it again (ICE restart) does nothing.
  void start(TimePoint now);
  /// Any datagram from the path that is not STUN. Garbage is counted, never fatal.
  void on_datagram(TimePoint now, ByteView datagram);
  void on_deadline(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;
  /// Next datagram of DTLS or RTCP; valid until the next call of anything on this peer.
  [[nodiscard]] std::optional<ByteView> next_datagram();
  [[nodiscard]] std::optional<Event> next_event();

  /// Takes a video frame, or a part of one, for sending and appends what may leave at once to `out`, ready to be sent;
  /// gives the number of those packets: 0 also when this viewer does not get it (not connected, another tier, waiting
  /// for a key frame, sent already). The rest leaves by send_due(). Does not allocate once `out` has grown. Hot path.
  std::size_t send_frame(TimePoint now, const rtp::FramePackets& frame, DatagramBatch& out);
  /// The same for a packet of sound, which needs no key frame to begin with.
  std::size_t send_audio(TimePoint now, const rtp::FramePackets& frame, DatagramBatch& out);
  /// For a viewer that has just connected: sends from the newest key frame on if it is at most `max_age` old, else
  /// nothing, and KeyframeWanted follows.
  std::size_t join(TimePoint now, Duration max_age, DatagramBatch& out);
  /// Media, retransmissions and padding whose turn has come. Hot path, as above.
  std::size_t send_due(TimePoint now, DatagramBatch& out);
  /// Stops the video until the next key frame; KeyframeWanted follows.
  void skip_to_keyframe();

  /// Goes over to this tier at its next key frame, which is asked for.
  void set_tier(rtp::Tier tier);
  /// See OutboundStream::set_thinned().
  void set_thinned(bool thinned);
  /// The tier's packets, or the sound's, are numbered anew from 0.
  void on_reset(rtp::Tier tier);
  void on_audio_reset();
  /// More than this is not tried.
  void set_max_rate(Bitrate rate) { congestion_.set_max(rate); }
  /// Finds out by a burst of padding whether the network carries this: estimate() tells.
  void request_probe(Bitrate rate);

  /// What may be sent, all streams, repetitions and headers together: what the network carries, less while the pacer
  /// holds a backlog; nothing before feedback has said something.
  [[nodiscard]] std::optional<Bitrate> estimate() const;
  /// What the sound takes of it.
  [[nodiscard]] Bitrate sound_rate() const { return sound_rate_.rate(); }
  /// [0..1] smoothed, of all packets.
  [[nodiscard]] double loss() const { return congestion_.loss(); }
  [[nodiscard]] std::uint64_t frames_thinned() const {
    return video_ ? streams_[*video_].counters().frames_thinned : 0;
  }
  [[nodiscard]] rtp::Tier tier() const { return video_ ? streams_[*video_].tier() : rtp::Tier::kMain; }

  /// Says goodbye (BYE, close_notify): drain next_datagram() once more. No event follows.
  void close(TimePoint now);

  [[nodiscard]] bool sends_video() const { return video_ && streams_[*video_].active(); }
  [[nodiscard]] bool connected() const { return srtp_.has_value() && !ended_; }
  [[nodiscard]] PeerStats stats() const;

 private:
  /// A receiver reference time to be answered. RFC 3611 §4.5.
  struct ReferenceTime {
    rtp::Ssrc ssrc = 0;
    std::uint32_t middle = 0;
    TimePoint received_at{};
  };

  Peer(PeerConfig config, DtlsTransport dtls, Random& random, NtpClock clock);
  void take_dtls_events();
  void end(Event event);
  void set_stream(std::optional<std::size_t>& place, std::optional<StreamSendConfig> config,
                  OutboundStream::Media media);
  void on_rtp(ByteView datagram);
  void on_rtcp(ByteView datagram);
  void on_packet(const rtcp::SenderReport& report);
  void on_packet(const rtcp::ReceiverReport& report) { on_blocks(report.blocks); }
  void on_packet(const rtcp::SourceDescription&) {}
  void on_packet(const rtcp::Goodbye&) {}  // of a source; the viewer's end shows in DTLS, ICE or signaling
  void on_packet(const rtcp::Nack& nack);
  void on_packet(const rtcp::TransportFeedback& feedback);
  void on_packet(const rtcp::PictureLossIndication& request);
  void on_packet(const rtcp::FullIntraRequest& request);
  void on_packet(const rtcp::Remb& remb);
  void on_packet(const rtcp::ExtendedReport& report);
  void on_blocks(const std::vector<rtcp::ReportBlock>& blocks);
  void measure_round_trip(const rtcp::ReportBlock& block);
  void schedule_report();
  void note_arrival(const rtp::RtpPacketView& packet);
  [[nodiscard]] std::size_t write_feedback(ByteSpan out);
  [[nodiscard]] std::size_t write_report(bool goodbye, ByteSpan out);
  void write_delays(ByteWriter& out);
  [[nodiscard]] std::optional<ByteView> next_rtcp();
  [[nodiscard]] OutboundStream* stream_of(rtp::Ssrc ssrc);
  [[nodiscard]] OutboundStream* video() { return video_ ? &streams_[*video_] : nullptr; }
  [[nodiscard]] OutboundStream* audio() { return audio_ ? &streams_[*audio_] : nullptr; }
  std::size_t send(TimePoint now, const rtp::FramePackets& frame, OutboundStream* stream, DatagramBatch& out);
  [[nodiscard]] bool emit(TimePoint now, const Pacer::Leaving& packet, DatagramBatch& out);
  [[nodiscard]] std::size_t write_media(TimePoint now, const Pacer::Leaving& packet, ByteSpan out);
  void set_pace();
  void report_soon(TimePoint now, const OutboundStream& stream);
  void keep_lips_in_sync(Duration age, bool sound);

  DtlsTransport dtls_;
  std::optional<SrtpSession> srtp_;
  Random& random_;
  NtpClock clock_;
  std::string cname_;
  SendLog log_;
  CongestionController congestion_;
  Pacer pacer_;
  WindowedMinimum<100'000, 3> pacer_queue_;  // [us] as frames found it
  WindowedRate sound_rate_;
  bool path_reported_ = false;
  bool picture_began_ = false;
  bool has_feedback_ = false;  // transport-wide numbers were negotiated
  std::vector<OutboundStream> streams_;
  std::optional<std::size_t> video_;  // its place in streams_
  std::optional<std::size_t> audio_;
  const bool takes_media_;
  std::optional<InboundStream> talk_;
  bool talk_active_ = false;
  std::optional<std::uint8_t> talk_cc_id_;
  FeedbackRecorder talk_arrivals_;
  TimePoint next_feedback_at_ = kNever;
  std::optional<LipSync> lip_sync_;  // while the viewer listens

  TimePoint now_{};  // of the last call that brought one
  TimePoint next_report_at_ = kNever;
  bool report_due_ = false;
  bool goodbye_due_ = false;
  bool ended_ = false;
  std::vector<ReferenceTime> reference_times_;
  std::deque<Event> events_;
  Bytes dtls_datagram_;
  std::array<std::uint8_t, DatagramBatch::kSlotSize> scratch_{};
  PeerStats stats_;  // without what the parts count themselves
};

}  // namespace perch::net
