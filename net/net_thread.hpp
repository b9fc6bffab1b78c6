// The net thread: all viewers' links, the packet history they share, and the way in for frames and commands.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hal/base/event_loop.hpp"
#include "hal/base/mailbox.hpp"
#include "hal/base/thread.hpp"
#include "media/rtp/packet_history.hpp"
#include "net/mdns/client.hpp"
#include "net/tier_control.hpp"
#include "net/tier_rates.hpp"
#include "net/viewer_link.hpp"

namespace perch::net {

/// Chosen by the caller, never used twice.
using LinkId = std::uint64_t;

/// Made, used and destroyed on the ctl thread; the methods post and return at once. Destroying says goodbye to every
/// viewer and joins the thread.
class NetThread {
 public:
  /// Called on the net thread: post to your own.
  struct Events {
    std::function<void(LinkId, std::string candidate)> on_local_candidate;
    std::function<void(LinkId)> on_gathering_done;
    std::function<void(LinkId)> on_ice_connected;
    std::function<void(LinkId)> on_connected;
    /// When the first packet of the viewer's first key frame left; at most once for each link.
    std::function<void(LinkId, TimePoint at)> on_picture_began = [](LinkId, TimePoint) {};
    std::function<void(LinkId, LinkEnd, std::string why)> on_ended;  ///< the link is gone already
    std::function<void(rtp::Tier)> on_keyframe_wanted;
    std::function<void(LinkId, InboundPacket)> on_talk;  ///< some 50 times a second while somebody speaks
    std::function<void(double)> on_audio_loss;           ///< [0..1], of the worst listener; about once a second
    /// Only on change, a few times a second at most. While somebody watches.
    std::function<void(TierRates)> on_tier_rates = [](const TierRates&) {};
    /// Full is what everybody begins with.
    std::function<void(LinkId, ViewerQuality)> on_viewer_quality = [](LinkId, ViewerQuality) {};
  };
  struct LinkStats {
    LinkId id = 0;
    PeerStats stats;
  };

  /// `certificate` and `random` are borrowed; `random` is used on the net thread and must take that.
  NetThread(IceConfig ice, const DtlsCertificate& certificate, Random& random, Events events);
  ~NetThread();
  NetThread(const NetThread&) = delete;
  NetThread& operator=(const NetThread&) = delete;

  void add(LinkId id, std::string label, bool controlling, IceCredentials local);
  void connect(LinkId id, IceCredentials remote, PeerConfig config);
  /// A later offer of a session that is connected: what is sent and taken from now on.
  void renegotiate(LinkId id, PeerConfig config);
  void add_candidates(LinkId id, std::vector<std::string> candidates, bool done);
  void restart(LinkId id, IceCredentials local, IceCredentials remote);
  /// See ViewerLink::begin_anew(); on_ended follows when no socket can be had.
  void begin_anew(LinkId id, IceCredentials local);
  void continue_anew(LinkId id, IceCredentials remote, PeerConfig config);
  /// No event follows.
  void remove(LinkId id);

  /// From the video thread, in order of packet index within each tier. Never blocks: when the net thread is half a
  /// second behind, frames are dropped up to the next key frame, and one is asked for.
  void push_frame(rtp::FramePacketsPtr frame);
  /// All tiers' streams ended; the next frames begin new ones with index 0.
  void reset_stream();
  /// The same for one of them, whose encoder stopped.
  void reset_stream(rtp::Tier tier);
  /// What the encoders can do, from now on. on_tier_rates follows when that changes what is asked of them.
  void set_stream_limits(const StreamLimits& limits);
  /// From the audio thread. Never blocks: when the net thread is behind, the oldest packets are dropped.
  void push_audio(rtp::FramePacketsPtr frame);
  void reset_audio();
  /// A joiner starts from a stored key frame when that is at most this old; otherwise one is asked for.
  void set_join_age(Duration age);
  /// For links made from now on, and for ICE restarts of those there are.
  void set_ice(IceConfig ice);
  /// `callback` gets all connected links' figures, on the net thread.
  void collect_stats(std::function<void(std::vector<LinkStats>)> callback);

 private:
  static constexpr std::size_t kMaxQueuedFrames = 256;  // half a second at 30 fps, in parts of a packet or two
  static constexpr std::size_t kMaxQueuedAudio = 10;    // 200 ms

  void drain_frames();
  void drain_audio();
  void tell_audio_loss();
  void distribute(const rtp::FramePacketsPtr& frame);
  void add_link(LinkId id, std::string label, bool controlling, const IceCredentials& local);
  void on_link_ended(LinkId id, LinkEnd how, const std::string& why);
  [[nodiscard]] ViewerLink* find(LinkId id);
  [[nodiscard]] TierControl::Callbacks tier_callbacks();
  void look_at_path(LinkId id);
  /// Runs `task` on the net thread. When memory runs out in it, this link ends and the others go on.
  template <class F>
  void post_for(LinkId id, F task);
  [[nodiscard]] ViewerLink::Callbacks callbacks_for(LinkId id);

  IceConfig ice_;
  const DtlsCertificate& certificate_;
  Random& random_;
  const Events events_;
  Mailbox<rtp::FramePacketsPtr> frames_{kMaxQueuedFrames};
  Mailbox<rtp::FramePacketsPtr> audio_{kMaxQueuedAudio};
  std::array<bool, rtp::kTiers> dropping_{};  ///< video thread only: frames were lost, wait for a key frame

  // The net thread's own, but for the loop.
  EventLoop loop_;
  std::array<rtp::PacketHistory, rtp::kTiers> histories_;
  TierControl tiers_;
  rtp::PacketHistory audio_history_;
  TimePoint audio_loss_told_at_{};
  DatagramBatch batch_;
  Duration join_age_ = milliseconds(700);
  std::unique_ptr<mdns::Client> names_;
  std::map<LinkId, std::unique_ptr<ViewerLink>> links_;
  Thread thread_;
};

}  // namespace perch::net
