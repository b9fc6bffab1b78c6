// The same camera and viewer as in cc_media_flow.hpp, made of the real Peer and its counterpart: handshake, encryption,
// retransmissions and all.
#pragma once

#include <memory>
#include <unordered_map>

#include "media/rtp/packet_history.hpp"
#include "net/peer.hpp"
#include "tests/sim/cc_media_flow.hpp"
#include "tests/sim/peer_pair.hpp"
#include "tests/sim/receiver_peer.hpp"
#include "tests/sim/rfc8867_cases.hpp"

namespace perch::sim {

/// What came out at the viewer, on top of the packets.
struct PeerFlowLog : FlowLog {
  std::vector<TimePoint> shown;  ///< when each decodable picture was complete
  std::vector<Duration> ages;    ///< of each, since its capture, with the path's delay
  std::size_t keyframes_wanted = 0;
  net::PeerStats camera;  ///< at the end
};

/// One camera with one viewer over modelled links; the source follows the peer's estimate frame by frame, as an encoder
/// with a tight rate control would.
class PeerFlow final : public Receiver {
 public:
  PeerFlow(const MediaFlowConfig& config, Scheduler& scheduler, LinkModel& forward, LinkModel& backward,
           std::uint64_t seed);
  PeerFlow(const PeerFlow&) = delete;
  PeerFlow& operator=(const PeerFlow&) = delete;

  void on_parcel(TimePoint now, const Parcel& parcel) override;
  [[nodiscard]] const PeerFlowLog& log() const { return log_; }

 private:
  struct FeedbackReceiver final : Receiver {
    explicit FeedbackReceiver(PeerFlow& owner) : flow(owner) {}
    void on_parcel(TimePoint now, const Parcel& parcel) override { flow.on_feedback(now, parcel); }
    PeerFlow& flow;
  };

  void on_feedback(TimePoint now, const Parcel& parcel);
  void make_frame(TimePoint now);
  [[nodiscard]] std::size_t frame_bytes();
  void settle(TimePoint now);
  [[nodiscard]] bool move(TimePoint now);
  void send(TimePoint now, ByteView datagram, bool forward);
  [[nodiscard]] Bytes take(std::uint64_t number);

  MediaFlowConfig config_;
  Scheduler& scheduler_;
  LinkModel& forward_;
  LinkModel& backward_;
  SeededRandom random_;
  NtpClock clock_{TimePoint{}, seconds(1'700'000'000)};
  VideoSource source_;
  rtp::PacketHistory history_;
  std::unique_ptr<net::Peer> camera_;
  std::unique_ptr<ReceiverPeer> viewer_;
  FeedbackReceiver feedback_receiver_{*this};
  net::DatagramBatch batch_;
  std::unordered_map<std::uint64_t, Bytes> in_flight_;
  std::uint64_t next_parcel_ = 0;
  TimePoint wakes_ = kNever;
  bool streaming_ = false;
  bool keyframe_due_ = true;
  TimePoint keyframe_at_ = TimePoint(-seconds(10));
  std::size_t frames_made_ = 0;
  std::unordered_map<std::uint32_t, TimePoint> captured_;  // by RTP timestamp
  PeerFlowLog log_;
};

/// The first flow of `scenario` by real peers.
[[nodiscard]] PeerFlowLog run_peer(const CcCase& scenario, std::uint64_t seed);

}  // namespace perch::sim
