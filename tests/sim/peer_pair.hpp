// A camera's Peers and their viewers over a virtual network: whole sessions in virtual time, replayed by a seed.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "media/rtp/packet_history.hpp"
#include "net/peer.hpp"
#include "tests/sim/receiver_peer.hpp"
#include "tests/sim/virtual_network.hpp"

namespace perch::sim {

/// An encoder's stand-in: numbered pictures of random content, whose NAL units the viewers' side compares.
class VideoSource {
 public:
  explicit VideoSource(std::uint64_t seed) : random_(seed) {}
  /// A frame of about `size` bytes; a key frame when asked for, and the very first.
  [[nodiscard]] rtp::FramePacketsPtr next(TimePoint now, bool keyframe, std::size_t size);

 private:
  SeededRandom random_;
  rtp::PacketIndex next_index_ = 0;
  std::uint32_t ticks_ = 0;
  bool first_ = true;
};

struct PairConfig {
  LinkConfig to_viewer;
  LinkConfig to_camera;
  bool rtx = true;
  bool nack = true;
  bool transport_wide_cc = true;
  std::size_t frame_size = 8000;  ///< 2 Mbit/s at 30 fps
  bool adaptive = true;           ///< frames get smaller when a viewer's network carries less
  std::size_t viewers = 1;
  bool talk_later = false;    ///< without sound so far, a viewer may talk after a renegotiation
  bool sound = false;         ///< 20 ms packets to the viewers, and the first may talk (payload type 111)
  double sound_card_ppm = 0;  ///< how much faster than nominal the sound card samples
};

/// One camera, any number of viewers, one shared history.
class PeerPair {
 public:
  struct Viewer {
    std::unique_ptr<net::Peer> camera_side;
    std::unique_ptr<ReceiverPeer> viewer_side;
    std::unique_ptr<VirtualLink> to_viewer;
    std::unique_ptr<VirtualLink> to_camera;
    std::vector<rtp::ReceivedAccessUnit> frames;  ///< as they came out at the viewer
    std::vector<net::Peer::Event> camera_events;
    std::vector<ReceiverPeer::Event> viewer_events;  ///< without frames
    std::size_t keyframes_wanted = 0;
    bool joined = false;
    bool muted = false;  ///< gets no frames: its mailbox is full, say
  };

  PeerPair(std::uint64_t seed, const PairConfig& config);

  /// Runs both ends for `duration`, a frame every 33.3 ms. Frames start when the first viewer is connected.
  void run(Duration duration);
  /// Runs until `done` or `limit` has passed; says whether it was done.
  [[nodiscard]] bool run_until(const std::function<bool()>& done, Duration limit);

  [[nodiscard]] Viewer& viewer(std::size_t i = 0) { return viewers_[i]; }
  [[nodiscard]] TimePoint now() const { return now_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] std::size_t keyframes_encoded() const { return keyframes_encoded_; }
  /// The newest packet of sound: its RTP time, and when its first sample was really taken.
  struct Captured {
    rtp::Timestamp timestamp;
    TimePoint at{};
  };
  [[nodiscard]] Captured last_sound() const { return last_sound_; }
  [[nodiscard]] const NtpClock& clock() const { return clock_; }
  /// Told of every media datagram as it leaves the camera, before the network.
  std::function<void(ByteView)> on_media_sent;

 private:
  void add_viewer(const PairConfig& config, std::uint64_t seed);
  void settle();
  bool move(Viewer& viewer);
  [[nodiscard]] std::size_t next_size() const;
  void send_frame();
  void send_audio();
  void deliver(Viewer& viewer, const net::DatagramBatch& batch);
  [[nodiscard]] TimePoint next_deadline() const;

  std::uint64_t seed_;
  SeededRandom random_;
  TimePoint now_{seconds(5000)};
  NtpClock clock_{now_, seconds(1'700'000'000)};
  std::size_t frame_size_;
  bool adaptive_;
  VideoSource source_;
  rtp::PacketHistory history_;
  rtp::PacketHistory audio_history_;
  rtp::PacketIndex next_audio_index_ = 0;
  TimePoint next_audio_at_ = kNever;
  bool sound_ = false;
  Duration sound_interval_;
  Captured last_sound_;
  std::vector<Viewer> viewers_;
  net::DatagramBatch batch_;
  TimePoint next_frame_at_ = kNever;
  bool keyframe_due_ = false;
  TimePoint last_keyframe_at_{};
  std::size_t keyframes_encoded_ = 0;
};

}  // namespace perch::sim
