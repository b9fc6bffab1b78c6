#include "net/net_thread.hpp"

#include <algorithm>

#include "hal/base/log.hpp"
#include "hal/base/out_of_memory.hpp"

namespace perch::net {
namespace {

constexpr char kModule[] = "net";

}  // namespace

NetThread::NetThread(IceConfig ice, const DtlsCertificate& certificate, Random& random, Events events)
    : ice_(std::move(ice)),
      certificate_(certificate),
      random_(random),
      events_(std::move(events)),
      tiers_(random, tier_callbacks()),
      thread_("net", [this] {
        names_ = std::make_unique<mdns::Client>(loop_, ice_.local_addresses);
        loop_.run();
        links_.clear();  // libnice's sources belong to this thread
        names_.reset();
      }) {}

NetThread::~NetThread() {
  loop_.post([this] {
    const TimePoint now = monotonic_now();
    for (auto& [id, link] : links_) link->close(now);
  });
  loop_.quit();
  thread_.join();
}

template <class F>
void NetThread::post_for(LinkId id, F task) {
  loop_.post([this, id, task = std::move(task)] {
    if (!within_memory(task)) on_link_ended(id, LinkEnd::kOutOfMemory, "out of memory");
  });
}

void NetThread::add(LinkId id, std::string label, bool controlling, IceCredentials local) {
  post_for(id,
           [=, this, label = std::move(label), local = std::move(local)] { add_link(id, label, controlling, local); });
}

void NetThread::add_link(LinkId id, std::string label, bool controlling, const IceCredentials& local) {
  const LinkContext context{
      loop_,  ice_,      certificate_, histories_, audio_history_, random_, NtpClock::from_system(),
      batch_, join_age_, *names_};
  auto link = ViewerLink::create(context, std::move(label), controlling, local, callbacks_for(id));
  if (!link) return events_.on_ended(id, LinkEnd::kIceFailed, link.error().message());
  links_.emplace(id, std::move(*link));
}

ViewerLink::Callbacks NetThread::callbacks_for(LinkId id) {
  ViewerLink::Callbacks callbacks;
  callbacks.on_local_candidate = [this, id](std::string line) { events_.on_local_candidate(id, std::move(line)); };
  callbacks.on_gathering_done = [this, id] { events_.on_gathering_done(id); };
  callbacks.on_ice_connected = [this, id] { events_.on_ice_connected(id); };
  callbacks.on_connected = [this, id] {
    look_at_path(id);
    events_.on_connected(id);
  };
  callbacks.on_keyframe_wanted = [this](rtp::Tier tier) { events_.on_keyframe_wanted(tier); };
  callbacks.on_picture_began = [this, id](TimePoint at) { events_.on_picture_began(id, at); };
  callbacks.on_path_reported = [this, id] { look_at_path(id); };
  callbacks.on_talk = [this, id](InboundPacket packet) { events_.on_talk(id, std::move(packet)); };
  callbacks.on_ended = [this, id](LinkEnd how, const std::string& why) { on_link_ended(id, how, why); };
  return callbacks;
}

void NetThread::on_link_ended(LinkId id, LinkEnd how, const std::string& why) {
  // The link is still on the stack: it goes in the next turn of the loop.
  loop_.post([this, id] {
    links_.erase(id);
    tiers_.remove(monotonic_now(), id);
  });
  events_.on_ended(id, how, why);
}

void NetThread::connect(LinkId id, IceCredentials remote, PeerConfig config) {
  post_for(id, [this, id, remote = std::move(remote), config = std::move(config)] {
    ViewerLink* link = find(id);
    if (link == nullptr) return;
    if (auto connected = link->connect(remote, config); !connected)
      on_link_ended(id, LinkEnd::kDtlsFailed, connected.error().message());
  });
}

void NetThread::renegotiate(LinkId id, PeerConfig config) {
  post_for(id, [this, id, config = std::move(config)] {
    ViewerLink* link = find(id);
    if (link == nullptr) return;
    link->renegotiate(config);
    if (link->connected()) look_at_path(id);
  });
}

void NetThread::add_candidates(LinkId id, std::vector<std::string> candidates, bool done) {
  post_for(id, [this, id, done, candidates = std::move(candidates)] {
    if (ViewerLink* link = find(id)) link->add_candidates(candidates, done);
  });
}

void NetThread::restart(LinkId id, IceCredentials local, IceCredentials remote) {
  post_for(id, [this, id, local = std::move(local), remote = std::move(remote)] {
    if (ViewerLink* link = find(id)) link->restart(local, remote);
  });
}

void NetThread::begin_anew(LinkId id, IceCredentials local) {
  post_for(id, [this, id, local = std::move(local)] {
    ViewerLink* link = find(id);
    if (link == nullptr) return;
    if (auto begun = link->begin_anew(local); !begun) on_link_ended(id, LinkEnd::kIceFailed, begun.error().message());
  });
}

void NetThread::continue_anew(LinkId id, IceCredentials remote, PeerConfig config) {
  post_for(id, [this, id, remote = std::move(remote), config = std::move(config)] {
    ViewerLink* link = find(id);
    if (link == nullptr) return;
    link->continue_anew(remote);
    link->renegotiate(config);
    if (link->connected()) look_at_path(id);
  });
}

void NetThread::remove(LinkId id) {
  loop_.post([this, id] {
    ViewerLink* link = find(id);
    if (link == nullptr) return;
    link->close(monotonic_now());
    links_.erase(id);
    tiers_.remove(monotonic_now(), id);
  });
}

ViewerLink* NetThread::find(LinkId id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : found->second.get();
}

void NetThread::push_frame(rtp::FramePacketsPtr frame) {
  using Box = Mailbox<rtp::FramePacketsPtr>;
  const rtp::Tier tier = frame->tier;
  bool& dropping = dropping_[rtp::index(tier)];
  if (dropping && !frame->keyframe) return;
  const Box::Put put = frames_.put(std::move(frame));
  dropping = put == Box::Put::kFull;
  if (put == Box::Put::kFirst) loop_.post([this] { drain_frames(); });
  if (!dropping) return;
  PERCH_WARN(kModule, "msg=\"sending is behind, waiting for a key frame\"");
  events_.on_keyframe_wanted(tier);
}

void NetThread::drain_frames() {
  for (const rtp::FramePacketsPtr& frame : frames_.take_all()) distribute(frame);
}

void NetThread::distribute(const rtp::FramePacketsPtr& frame) {
  const TimePoint now = monotonic_now();
  histories_[rtp::index(frame->tier)].push(frame, now);
  for (auto& [id, link] : links_) link->send_frame(now, *frame);
}

void NetThread::push_audio(rtp::FramePacketsPtr frame) {
  const auto put = audio_.put_newest(std::move(frame));
  if (put == Mailbox<rtp::FramePacketsPtr>::Put::kFirst) loop_.post([this] { drain_audio(); });
}

void NetThread::drain_audio() {
  for (const rtp::FramePacketsPtr& frame : audio_.take_all()) {
    const TimePoint now = monotonic_now();
    audio_history_.push(frame, now);
    for (auto& [id, link] : links_) link->send_audio(now, *frame);
    if (now - audio_loss_told_at_ < seconds(1)) continue;
    audio_loss_told_at_ = now;
    tell_audio_loss();
  }
}

/// Nobody needs a timer for it: it is told along with the packets it is about.
void NetThread::tell_audio_loss() {
  double worst = 0;
  for (const auto& [id, link] : links_) worst = std::max(worst, link->audio_loss());
  events_.on_audio_loss(worst);
}

void NetThread::reset_audio() {
  loop_.post([this] {
    static_cast<void>(audio_.take_all());
    audio_history_.clear();
    for (auto& [id, link] : links_) {
      if (Peer* peer = link->peer()) peer->on_audio_reset();
    }
  });
}

void NetThread::reset_stream() {
  for (const rtp::Tier tier : {rtp::Tier::kMain, rtp::Tier::kLow}) reset_stream(tier);
}

void NetThread::reset_stream(rtp::Tier tier) {
  loop_.post([this, tier] {
    auto queued = frames_.take_all();
    std::erase_if(queued, [tier](const rtp::FramePacketsPtr& frame) { return frame->tier == tier; });
    for (const rtp::FramePacketsPtr& frame : queued) distribute(frame);
    histories_[rtp::index(tier)].clear();
    for (auto& [id, link] : links_) {
      if (Peer* peer = link->peer()) peer->on_reset(tier);
    }
  });
}

void NetThread::set_stream_limits(const StreamLimits& limits) {
  loop_.post([this, limits] { tiers_.set_limits(monotonic_now(), limits); });
}

TierControl::Callbacks NetThread::tier_callbacks() {
  TierControl::Callbacks callbacks;
  callbacks.find = [this](LinkId id) {
    ViewerLink* link = find(id);
    return link == nullptr ? nullptr : link->peer();
  };
  callbacks.on_rates = [this](const TierRates& rates) { events_.on_tier_rates(rates); };
  callbacks.on_quality = [this](LinkId id, ViewerQuality quality) { events_.on_viewer_quality(id, quality); };
  // Not from within: it may be this very link's call that brought it about.
  callbacks.on_changed = [this](LinkId id) {
    loop_.post([this, id] {
      if (ViewerLink* link = find(id)) link->look_again();
    });
  };
  return callbacks;
}

void NetThread::look_at_path(LinkId id) {
  ViewerLink* link = find(id);
  Peer* peer = link == nullptr ? nullptr : link->peer();
  const TimePoint now = monotonic_now();
  if (peer != nullptr)
    tiers_.on_path(now, id, *peer);
  else
    tiers_.remove(now, id);
}

void NetThread::collect_stats(std::function<void(std::vector<LinkStats>)> callback) {
  loop_.post([this, callback = std::move(callback)] {
    std::vector<LinkStats> out;
    for (const auto& [id, link] : links_) {
      if (const auto stats = link->stats()) out.push_back({id, *stats});
    }
    callback(std::move(out));
  });
}

void NetThread::set_ice(IceConfig ice) {
  loop_.post([this, ice = std::move(ice)]() mutable { ice_ = std::move(ice); });
}

void NetThread::set_join_age(Duration age) {
  loop_.post([this, age] { join_age_ = age; });
}

}  // namespace perch::net
