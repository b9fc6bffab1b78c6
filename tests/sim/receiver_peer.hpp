// A viewer for tests and benches: the receiving side of a session, built from the same parts as the sending one.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "media/rtp/h264_depacketizer.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "net/dtls_transport.hpp"
#include "net/feedback_recorder.hpp"
#include "net/receive_statistics.hpp"
#include "net/rtcp/compound.hpp"
#include "net/srtp_session.hpp"
#include "tests/sim/nack_generator.hpp"

namespace perch::sim {

struct ReceiverConfig {
  net::DtlsRole dtls_role = net::DtlsRole::kServer;
  std::vector<net::Fingerprint> remote_fingerprints;
  rtp::Ssrc ssrc = 1;        ///< of our reports
  rtp::Ssrc media_ssrc = 0;  ///< expected video
  std::optional<rtp::Ssrc> rtx_ssrc;
  rtp::Ssrc audio_ssrc = 0;  ///< expected sound; its packets are counted only
  std::optional<std::uint8_t> transport_wide_cc_id;
  Duration feedback_interval = milliseconds(100);  ///< what browsers do by default
  bool nack = true;
  bool reference_time = true;  ///< XR RRTR with each report
  bool keep_frames = true;     ///< false: frames are counted by their markers only, and payloads not looked into
};

struct ReceiverStats {
  std::uint64_t packets = 0;  ///< media and RTX, authentic
  std::uint64_t octets = 0;   ///< of their payloads
  std::uint64_t duplicates = 0;
  std::uint64_t recovered = 0;    ///< came as retransmissions and were missing
  std::uint64_t given_up = 0;     ///< packets that never came
  std::uint64_t frames = 0;       ///< complete
  std::uint64_t undecodable = 0;  ///< of which after a gap and before the next key frame; only with keep_frames
  std::uint64_t keyframes = 0;    ///< of which; only with keep_frames
  std::uint64_t damaged = 0;      ///< payloads the depacketizer refused
  std::uint64_t audio_packets = 0;
  std::uint64_t not_authentic = 0;
  std::uint64_t nacks_sent = 0;
  std::uint64_t plis_sent = 0;
  std::uint64_t feedbacks_sent = 0;
  std::uint64_t sender_reports = 0;
  std::uint64_t goodbyes = 0;
  std::uint64_t feedbacks = 0;                                ///< received, on what was sent by send_rtp()
  std::uint64_t feedback_arrived = 0;                         ///< packets they report
  std::uint64_t feedback_lost = 0;                            ///< packets they miss
  std::optional<Duration> round_trip;                         ///< by DLRR
  std::optional<net::rtcp::SenderReport> last_sender_report;  ///< of the video
  std::optional<net::rtcp::SenderReport> last_audio_report;
  std::vector<net::rtcp::ReportBlock> reported;  ///< what the last report with blocks says of our own media
  std::string cname;
};

/// The same verbs as net::Peer. Single thread. Certificate and Random must outlive it.
class ReceiverPeer {
 public:
  struct Connected {};
  struct Frame {
    rtp::ReceivedAccessUnit unit;
  };
  struct Closed {};
  struct Failed {
    std::string reason;
  };
  using Event = std::variant<Connected, Frame, Closed, Failed>;

  [[nodiscard]] static Result<std::unique_ptr<ReceiverPeer>> create(ReceiverConfig config,
                                                                    const net::DtlsCertificate& certificate,
                                                                    Random& random, NtpClock clock);
  void start(TimePoint now);
  void on_datagram(TimePoint now, ByteView datagram);
  void on_deadline(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;
  [[nodiscard]] std::optional<Bytes> next_datagram();
  [[nodiscard]] std::optional<Event> next_event();
  /// Sends PLI, at most every 500 ms, and again until a key frame comes.
  void request_keyframe(TimePoint now);
  void close(TimePoint now);

  [[nodiscard]] bool connected() const { return srtp_.has_value(); }
  [[nodiscard]] const ReceiverStats& stats() const { return stats_; }
  /// Sends any RTCP, for tests of what a viewer may come up with.
  void send_rtcp(ByteView compound);
  /// Sends an RTP packet, e.g. of talk.
  void send_rtp(ByteView packet);

 private:
  struct Stored {
    rtp::Timestamp timestamp;
    bool marker = false;
    Bytes payload;
  };

  ReceiverPeer(ReceiverConfig config, net::DtlsTransport dtls, NtpClock clock);
  void take_dtls_events();
  void on_rtp(ByteView datagram);
  void on_media(std::int64_t number, const rtp::RtpPacketView& packet, ByteView payload);
  void on_rtx(const rtp::RtpPacketView& packet);
  void deliver(const Stored& packet);
  void begin_delivery();
  void deliver_in_order();
  void skip_gap();
  void skip_hopeless_gaps();
  void on_rtcp(ByteView datagram);
  void on_sender_report(const net::rtcp::SenderReport& report);
  void on_blocks(const std::vector<net::rtcp::ReportBlock>& blocks);
  void on_extended_report(const net::rtcp::ExtendedReport& report);
  void send_report();
  void send_nacks();
  void send_feedback();

  ReceiverConfig config_;
  net::DtlsTransport dtls_;
  NtpClock clock_;
  std::optional<net::SrtpSession> srtp_;
  TimePoint now_{};
  TimePoint next_report_at_ = kNever;
  TimePoint next_feedback_at_ = kNever;
  TimePoint next_pli_at_{};
  bool awaits_keyframe_ = true;  // nothing can be decoded before one

  rtp::SequenceUnwrapper unwrapper_;
  std::optional<std::int64_t> next_number_;  // the first not yet delivered
  TimePoint deliver_from_ = kNever;          // the very first packets may come in any order
  std::map<std::int64_t, Stored> waiting_;
  NackGenerator missing_;
  net::ReceiveStatistics statistics_{90'000};
  net::FeedbackRecorder feedback_;
  rtp::H264Depacketizer depacketizer_;

  std::deque<Bytes> outbox_;
  std::deque<Event> events_;
  ReceiverStats stats_;
};

}  // namespace perch::sim
