#include "net/viewer_link.hpp"

#include <algorithm>

#include "hal/base/log.hpp"
#include "hal/base/out_of_memory.hpp"

namespace perch::net {
namespace {

constexpr char kModule[] = "net";

/// For answer and checks after our network changed; as long as a session has to connect (PROTOCOL.md "Limits").
constexpr Duration kMoveTime = seconds(15);

/// Before a link that found no memory tries again.
constexpr Duration kMemoryPause = milliseconds(100);

}  // namespace

const char* to_string(LinkEnd end) {
  switch (end) {
    case LinkEnd::kIceFailed: return "ice_failed";
    case LinkEnd::kDtlsFailed: return "dtls_failed";
    case LinkEnd::kClosedByViewer: return "closed_by_viewer";
    case LinkEnd::kOutOfMemory: return "out_of_memory";
  }
  return "unknown";
}

ViewerLink::ViewerLink(LinkContext context, std::string label, Callbacks callbacks)
    : context_(context),
      label_(std::move(label)),
      callbacks_(std::move(callbacks)),
      timer_(context.loop,
             [this] {
               guarded([this] {
                 const TimePoint now = monotonic_now();
                 peer_->on_deadline(now);
                 pump(now);
               });
             }),
      next_ice_timer_(context.loop, [this] { end(LinkEnd::kIceFailed, "no path from the new network address"); }) {}

template <class F>
void ViewerLink::guarded(F&& call) {
  if (within_memory(call)) return;
  context_.batch.clear();
  // In the middle of a handshake nothing is certain any more. To whom pictures flow, it is as if some got lost.
  if (!connected()) return end(LinkEnd::kOutOfMemory, "out of memory");
  timer_.set(std::max(peer_->deadline(), monotonic_now() + kMemoryPause));
}

Result<std::unique_ptr<ViewerLink>> ViewerLink::create(LinkContext context, std::string label, bool controlling,
                                                       const IceCredentials& local, Callbacks callbacks) {
  std::unique_ptr<ViewerLink> link(new ViewerLink(context, std::move(label), std::move(callbacks)));
  auto ice = link->make_agent(controlling, local);
  if (!ice) return fail(std::move(ice.error()));
  link->ice_ = std::move(*ice);
  if (auto gathering = link->ice_->gather(); !gathering) return fail(std::move(gathering.error()));
  return link;
}

Result<std::unique_ptr<IceAgent>> ViewerLink::make_agent(bool controlling, const IceCredentials& local) {
  const unsigned number = ++agents_made_;
  IceAgent::Callbacks from_ice;
  // They come through libnice, which cannot pass exceptions on.
  from_ice.on_local_candidate = [this](std::string line) {
    guarded([&] { callbacks_.on_local_candidate(std::move(line)); });
  };
  from_ice.on_gathering_done = [this] { guarded([this] { callbacks_.on_gathering_done(); }); };
  from_ice.on_connected = [this, number] { guarded([&] { on_agent_connected(number); }); };
  from_ice.on_failed = [this, number] { guarded([&] { on_agent_failed(number); }); };
  from_ice.on_datagram = [this](ByteView datagram) { guarded([&] { on_datagram(datagram); }); };
  return IceAgent::create(context_.loop, context_.ice, controlling, local, std::move(from_ice), &context_.names);
}

void ViewerLink::on_agent_connected(unsigned number) {
  if (next_ice_ && number != agents_made_) return;  // the old path has a hiccup less
  if (next_ice_) {
    ice_ = std::move(next_ice_);
    next_ice_timer_.set(kNever);
    PERCH_INFO(kModule, "viewer=%s state=moved pair=%s", label_.c_str(), in_quotes(ice_->selected_pair()).c_str());
    if (connected())
      callbacks_.on_keyframe_wanted(rtp::Tier::kMain);  // what was sent into the void is not worth asking for again
  }
  on_ice_connected();
}

void ViewerLink::on_agent_failed(unsigned number) {
  if (next_ice_ && number != agents_made_) return;  // its end is why there is another
  end(LinkEnd::kIceFailed, "no path, or the viewer stopped answering");
}

Result<void> ViewerLink::begin_anew(const IceCredentials& local) {
  constexpr bool kOffererControls = true;  // RFC 8445 §6.1.1
  auto ice = make_agent(kOffererControls, local);
  if (!ice) return fail(std::move(ice.error()));
  if (auto gathering = (*ice)->gather(); !gathering) return gathering;
  next_ice_ = std::move(*ice);
  next_ice_timer_.set(monotonic_now() + kMoveTime);
  return {};
}

void ViewerLink::continue_anew(const IceCredentials& remote) {
  if (next_ice_) next_ice_->set_remote_credentials(remote);
}

Result<void> ViewerLink::connect(const IceCredentials& remote, PeerConfig config) {
  lend_histories(config);
  auto peer = Peer::create(std::move(config), context_.certificate, context_.random, context_.clock);
  if (!peer) return fail(std::move(peer.error()));
  peer_ = std::move(*peer);
  ice_->set_remote_credentials(remote);
  if (path_known_) on_ice_connected();
  return {};
}

void ViewerLink::lend_histories(PeerConfig& config) const {
  if (config.video) {
    config.video->history = &context_.histories[rtp::index(rtp::Tier::kMain)];
    config.video->low_history = &context_.histories[rtp::index(rtp::Tier::kLow)];
  }
  if (config.audio) config.audio->history = &context_.audio_history;
}

void ViewerLink::renegotiate(PeerConfig config) {
  if (!peer_) return;
  const bool had_pictures = peer_->sends_video();
  lend_histories(config);
  peer_->renegotiate(std::move(config));
  if (!connected() || had_pictures || !peer_->sends_video()) return;
  const TimePoint now = monotonic_now();
  join(now);
  pump(now);
}

void ViewerLink::add_candidates(const std::vector<std::string>& candidates, bool done) {
  for (const std::string& candidate : candidates) {
    const bool used = latest().add_remote_candidate(candidate);
    PERCH_DEBUG(kModule, "viewer=%s remote_candidate=%s used=%d", label_.c_str(), in_quotes(candidate).c_str(), used);
  }
  if (done) latest().remote_candidates_done();
}

void ViewerLink::restart(const IceCredentials& local, const IceCredentials& remote) {
  // An offer of the viewer's that crossed ours: its sockets may be gone, so the new ones answer it.
  const bool moving = next_ice_ != nullptr;
  if (moving && begin_anew(local)) return continue_anew(remote);
  ice_->restart(local, remote);
}

void ViewerLink::on_ice_connected() {
  path_known_ = true;
  if (!peer_) return;
  PERCH_DEBUG(kModule, "viewer=%s ice=connected pair=%s", label_.c_str(), in_quotes(ice_->selected_pair()).c_str());
  callbacks_.on_ice_connected();
  const TimePoint now = monotonic_now();
  peer_->start(now);
  pump(now);
}

void ViewerLink::on_datagram(ByteView datagram) {
  if (!peer_) return;
  const TimePoint now = monotonic_now();
  peer_->on_datagram(now, datagram);
  pump(now);
}

/// After every call into the peer: send what it has, hear what happened, wake up when it wants.
void ViewerLink::pump(TimePoint now) {
  flush_batch();
  while (auto event = peer_->next_event()) on_event(now, std::move(*event));
  while (const auto datagram = peer_->next_datagram()) ice_->send(*datagram);
  peer_->send_due(now, context_.batch);
  flush_batch();
  timer_.set(ended_ ? kNever : peer_->deadline());
}

void ViewerLink::on_event(TimePoint now, Peer::Event event) {
  if (auto* talk = std::get_if<Peer::TalkReceived>(&event)) return callbacks_.on_talk(std::move(talk->packet));
  if (std::holds_alternative<Peer::Connected>(event)) {
    callbacks_.on_connected();
    return join(now);
  }
  if (const auto* wanted = std::get_if<Peer::KeyframeWanted>(&event))
    return callbacks_.on_keyframe_wanted(wanted->tier);
  if (const auto* began = std::get_if<Peer::PictureBegan>(&event)) return callbacks_.on_picture_began(began->at);
  if (std::holds_alternative<Peer::PathReported>(event)) return callbacks_.on_path_reported();
  if (const auto* closed = std::get_if<Peer::Closed>(&event)) return end(LinkEnd::kClosedByViewer, closed->reason);
  end(LinkEnd::kDtlsFailed, std::get<Peer::Failed>(event).reason);
}

void ViewerLink::join(TimePoint now) {
  peer_->join(now, context_.join_age, context_.batch);
  flush_batch();
}

void ViewerLink::send_frame(TimePoint now, const rtp::FramePackets& frame) {
  if (!connected()) return;
  guarded([&] {
    peer_->send_frame(now, frame, context_.batch);
    pump(now);
  });
}

void ViewerLink::send_audio(TimePoint now, const rtp::FramePackets& frame) {
  if (!connected()) return;
  guarded([&] {
    peer_->send_audio(now, frame, context_.batch);
    pump(now);
  });
}

void ViewerLink::flush_batch() {
  if (context_.batch.empty()) return;
  ice_->send(context_.batch.datagrams());
  context_.batch.clear();
}

void ViewerLink::close(TimePoint now) {
  ended_ = true;
  if (!peer_) return;
  peer_->close(now);
  pump(now);
}

void ViewerLink::end(LinkEnd how, const std::string& why) {
  if (ended_) return;
  ended_ = true;
  timer_.set(kNever);
  callbacks_.on_ended(how, why);
}

}  // namespace perch::net
