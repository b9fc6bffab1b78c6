// One viewer on the net thread: its ICE path and what runs over it.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/base/event_loop.hpp"
#include "net/ice_agent.hpp"
#include "net/peer.hpp"

namespace perch::net {

/// How a link ended by itself.
enum class LinkEnd { kIceFailed, kDtlsFailed, kClosedByViewer, kOutOfMemory };
[[nodiscard]] const char* to_string(LinkEnd end);

/// What all links of a net thread share. Borrowed; outlives them.
struct LinkContext {
  EventLoop& loop;
  const IceConfig& ice;
  const DtlsCertificate& certificate;
  const std::array<rtp::PacketHistory, rtp::kTiers>& histories;  ///< of the video
  const rtp::PacketHistory& audio_history;
  Random& random;
  NtpClock clock;
  DatagramBatch& batch;      ///< scratch, empty between calls
  const Duration& join_age;  ///< a key frame of at most this age starts a joiner
  mdns::Client& names;
};

/// Thread: net. Callbacks come from the loop or from within a call; they must not destroy the link.
class ViewerLink {
 public:
  struct Callbacks {
    std::function<void(std::string)> on_local_candidate;
    std::function<void()> on_gathering_done;
    std::function<void()> on_ice_connected;
    std::function<void()> on_connected;  ///< media may flow
    std::function<void(rtp::Tier)> on_keyframe_wanted;
    std::function<void(TimePoint at)> on_picture_began;  ///< the first key frame's first packet left; once
    std::function<void()> on_path_reported;              ///< what the network carries may have changed
    std::function<void(InboundPacket)> on_talk;
    std::function<void(LinkEnd, const std::string& why)> on_ended;  ///< at most once
  };

  /// Starts to gather at once. `label` names the viewer in logs.
  [[nodiscard]] static Result<std::unique_ptr<ViewerLink>> create(LinkContext context, std::string label,
                                                                  bool controlling, const IceCredentials& local,
                                                                  Callbacks callbacks);

  /// The other side's description is known.
  [[nodiscard]] Result<void> connect(const IceCredentials& remote, PeerConfig config);
  /// A later offer of the same session; see Peer::renegotiate().
  void renegotiate(PeerConfig config);
  void add_candidates(const std::vector<std::string>& candidates, bool done);
  void restart(const IceCredentials& local, const IceCredentials& remote);
  /// Our network has changed: looks for a path from the addresses we have now, while the one in use serves as long as
  /// it works. We offered, so we control; candidates and `remote` follow when the viewer answers.
  [[nodiscard]] Result<void> begin_anew(const IceCredentials& local);
  void continue_anew(const IceCredentials& remote);
  void send_frame(TimePoint now, const rtp::FramePackets& frame);
  void send_audio(TimePoint now, const rtp::FramePackets& frame);
  /// The peer was told something from outside.
  void look_again() {
    if (peer_) pump(monotonic_now());
  }
  /// BYE and close_notify.
  void close(TimePoint now);

  /// Share of sound packets that the viewer last reported lost [0..1].
  [[nodiscard]] double audio_loss() const { return connected() ? peer_->stats().audio_fraction_lost : 0; }
  /// Nothing before media may flow.
  [[nodiscard]] std::optional<PeerStats> stats() const {
    return connected() ? std::optional(peer_->stats()) : std::nullopt;
  }
  /// For tiers and rates; nothing before media may flow.
  [[nodiscard]] Peer* peer() { return connected() ? peer_.get() : nullptr; }
  [[nodiscard]] bool connected() const { return peer_ && peer_->connected(); }

 private:
  ViewerLink(LinkContext context, std::string label, Callbacks callbacks);
  [[nodiscard]] Result<std::unique_ptr<IceAgent>> make_agent(bool controlling, const IceCredentials& local);
  void on_agent_connected(unsigned number);
  void on_agent_failed(unsigned number);
  void on_ice_connected();
  [[nodiscard]] IceAgent& latest() { return next_ice_ ? *next_ice_ : *ice_; }
  void on_datagram(ByteView datagram);
  void pump(TimePoint now);
  void on_event(TimePoint now, Peer::Event event);
  void lend_histories(PeerConfig& config) const;
  void join(TimePoint now);
  void end(LinkEnd how, const std::string& why);
  void flush_batch();
  /// Runs `call`. When memory runs out in it, this link loses something, or ends if it was not connected yet.
  template <class F>
  void guarded(F&& call);

  LinkContext context_;
  const std::string label_;
  const Callbacks callbacks_;
  std::unique_ptr<IceAgent> ice_;       ///< carries the media
  std::unique_ptr<IceAgent> next_ice_;  ///< takes over once it has a path
  std::unique_ptr<Peer> peer_;
  Timer timer_;
  Timer next_ice_timer_;
  unsigned agents_made_ = 0;  ///< the latest has this number
  bool path_known_ = false;   ///< ICE connected before the description came
  bool ended_ = false;
};

}  // namespace perch::net
