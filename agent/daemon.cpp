#include "agent/daemon.hpp"

#include <signal.h>

#include <utility>

#include "agent/daemon_impl.hpp"
#include "agent/daemon_setup.hpp"
#include "agent/ice_setup.hpp"
#include "agent/mqtt_setup.hpp"
#include "agent/process_memory.hpp"
#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "agent";
constexpr Duration kGoodbyePatience = milliseconds(500);  // a hung broker must not hold up a restart

/// How long the very first answer may wait for a camera that encodes by itself to tell what it makes.
constexpr Duration kProfilePatience = milliseconds(1500);

/// A joiner is started from a stored key frame up to this age: what the key frame gate may make it wait otherwise.
constexpr Duration kJoinAge = milliseconds(700);

}  // namespace

Daemon::Impl::Impl(const Config& config, net::IceConfig ice, net::DtlsCertificate certificate,
                   signaling::MqttOptions mqtt, ConfigSources sources, ServiceNotifier notifier)
    : config_(config),
      sources_(std::move(sources)),
      ice_(std::move(ice)),
      certificate_(std::move(certificate)),
      sealed_(config.access.mode == "sealed"),
      invited_(
          loop_, config.access.viewers_dir,
          {.ending = [this](const std::string& viewer, signaling::Reason reason) { on_guest_leaves(viewer, reason); },
           .on_changed = [this] { on_guests(); }}),
      table_(monotonic_now(), config.broker.prefix, camera_state(config, ice_),
             access_policy(config, invited_.registry(), random_), random_),
      loudspeaker_(loop_, {config.talk.sink, static_cast<int>(config.talk.volume)},
                   [this](std::optional<net::LinkId> who) { on_floor(who); }),
      net_(ice_, certificate_, random_, net_events()),
      camera_(loop_, pipeline_config(config, random_), seconds(config.video.linger_s), camera_callbacks()),
      microphone_(loop_, microphone_config(config, random_),
                  {.on_frame = [this](rtp::FramePacketsPtr frame) { net_.push_audio(std::move(frame)); },
                   .on_closed = [this] { net_.reset_audio(); },
                   .on_health = [this](bool lost) { on_microphone(lost); }}),
      half_duplex_(config.talk.half_duplex),
      not_looked_at_(h264_candidate(config)),
      viewers_(table_, net_, certificate_.fingerprint(), random_, sound_equipment(config),
               {.on_demand = [this](Demand demand) { on_demand(demand); },
                .on_joining = [this] { camera_.request_keyframe(); },
                .ice_servers_for = [this](const std::string& viewer) { return turn_for(viewer); },
                .on_control = [this](const signaling::SessionKey& key,
                                     signaling::ControlRequest request) { on_control(key, std::move(request)); }}),
      broker_(
          loop_, random_, std::move(mqtt), table_,
          [this](TimePoint now, signaling::SessionEvent event) { viewers_.on_event(now, std::move(event)); },
          [this](bool connected) {
            tell_supervisor();
            if (connected) move_viewers();
          }),
      profile_timer_(loop_, [this] { answer_held_offers(); }),
      commands_(loop_, config.video.source, [this](const std::string& setting) { camera_.remember_control(setting); }),
      viewer_commands_(invited_, [this](const std::string& viewer) { return table_.sessions_of(viewer); }),
      privacy_(config.state.dir),
      operator_(operator_hooks()),
      control_(open_control_socket(config.control.socket)),
      terminate_(loop_, SIGTERM, [this] { shut_down(); }),
      interrupt_(loop_, SIGINT, [this] { shut_down(); }),
      hang_up_(loop_, SIGHUP, [this] { reload(); }),
      supervision_(loop_, std::move(notifier),
                   [this](Supervision::Report report) {
                     with_links([this, report = std::move(report)](const Links& links) { report(work_done(links)); });
                   }),
      metrics_file_(loop_, [this](std::function<void(const AgentStatus&)> then) { with_status(std::move(then)); }) {}

template <class F>
auto Daemon::Impl::posted(F call) {
  return [this, call](auto... args) {
    loop_.post([this, call, ... kept = std::move(args)]() mutable {
      call(std::move(kept)...);
      broker_.pump();
    });
  };
}

net::NetThread::Events Daemon::Impl::net_events() {
  net::NetThread::Events events;
  using net::LinkId;
  events.on_local_candidate =
      posted([this](LinkId id, const std::string& line) { viewers_.on_local_candidate(id, line); });
  events.on_gathering_done = posted([this](LinkId id) { viewers_.on_gathering_done(id); });
  events.on_ice_connected = posted([this](LinkId id) { viewers_.on_ice_connected(id); });
  events.on_connected = posted([this](LinkId id) { viewers_.on_connected(id); });
  events.on_picture_began = posted([this](LinkId id, TimePoint at) { viewers_.on_picture_began(id, at); });
  events.on_ended =
      posted([this](LinkId id, net::LinkEnd how, const std::string& why) { viewers_.on_link_ended(id, how, why); });
  events.on_viewer_quality =
      posted([this](LinkId id, net::ViewerQuality quality) { viewers_.on_quality(id, quality); });
  events.on_keyframe_wanted = [this](rtp::Tier tier) { loop_.post([this, tier] { camera_.request_keyframe(tier); }); };
  events.on_tier_rates = [this](const net::TierRates& rates) {
    loop_.post([this, rates] { camera_.set_rates(rates.main, rates.low); });
  };
  events.on_talk = [this](LinkId id, net::InboundPacket packet) { loudspeaker_.on_packet(id, std::move(packet)); };
  events.on_audio_loss = [this](double loss) { loop_.post([this, loss] { microphone_.set_expected_loss(loss); }); };
  return events;
}

CameraSwitch::Callbacks Daemon::Impl::camera_callbacks() {
  return {.on_frame = [this](rtp::FramePacketsPtr frame) { net_.push_frame(std::move(frame)); },
          .on_event = [this](const codec::PipelineEvent& event) { on_pipeline(event); },
          .on_closed =
              [this] {
                camera_report_.on_closed();
                stream_.reset();
                net_.reset_stream();
                camera_away_ = false;
                camera_detail_.clear();
                tell_supervisor();
                // Only when the net thread has let go of the stream, which it was told to do above.
                with_links([](const Links&) { give_memory_back(); });
              }};
}

void Daemon::Impl::on_demand(Demand demand) {
  if (demand.held > 0) profile_timer_.set(monotonic_now() + kProfilePatience);
  camera_.on_viewers(demand.pictures);
  microphone_.on_listeners(demand.sound);
  if (demand.held > 0) look_for_h264();
  tell_supervisor();
  if (draining_ && viewers_.size() == 0) loop_.post([this] { shut_down(); });
}

void Daemon::Impl::answer_held_offers() {
  viewers_.release_answers();
  broker_.pump();
}

/// Most cameras have none; then nothing has to wait until it is open. Asks while the video thread opens it.
void Daemon::Impl::look_for_h264() {
  if (!not_looked_at_) return;
  const bool found = video::may_deliver_h264(*std::exchange(not_looked_at_, std::nullopt));
  if (!found) loop_.post([this] { answer_held_offers(); });
}

std::vector<signaling::IceServer> Daemon::Impl::turn_for(const std::string& viewer) const {
  return viewer_ice_servers(ice_, viewer, NtpClock::from_system().unix_at(monotonic_now()));
}

/// Invitations say nothing where they do not count.
void Daemon::Impl::on_guest_leaves(const std::string& viewer, signaling::Reason reason) {
  if (sealed_) table_.end_viewer(viewer, reason);
}

void Daemon::Impl::on_guests() {
  const bool nobody = sealed_ && !invited_.registry().anybody();
  if (const auto notice = sealed_ ? nobody_notice_.on_change(invited_.registry()) : std::nullopt)
    PERCH_WARN("access", "%s", notice->c_str());
  table_.set_nobody_invited(nobody);
  broker_.pump();
}

void Daemon::Impl::on_control(const signaling::SessionKey& key, signaling::ControlRequest request) {
  commands_.handle(std::move(request), [this, key](signaling::ControlReport report) {
    table_.send_control_report(key, std::move(report));
    broker_.pump();
  });
}

void Daemon::Impl::on_microphone(bool lost) {
  microphone_lost_ = lost;
  table_.set_microphone_lost(lost);
  broker_.pump();
}

void Daemon::Impl::on_floor(std::optional<net::LinkId> who) {
  PERCH_INFO("talk", "state=%s viewer=%s", who ? "speaking" : "silent", who ? viewers_.label(*who).c_str() : "");
  microphone_.set_ducked(half_duplex_ && who.has_value());
  table_.set_talking(who.has_value());
  broker_.pump();
}

/// A camera is worth having without it.
std::unique_ptr<ControlSocket> Daemon::Impl::open_control_socket(const std::string& path) {
  if (path.empty()) return nullptr;
  auto opened = ControlSocket::listen(
      loop_, path,
      [this](const std::string& request, const ControlSocket::Reply& reply) { on_perchctl(request, reply); });
  if (opened) return std::move(*opened);
  PERCH_WARN(kModule, "msg=\"perchctl cannot reach this camera\" reason=%s",
             in_quotes(opened.error().message()).c_str());
  return nullptr;
}

void Daemon::Impl::on_pipeline(const codec::PipelineEvent& event) {
  if (const auto* lost = std::get_if<codec::PipelineLost>(&event)) {
    camera_away_ = true;
    camera_report_.on_lost(lost->error);
    camera_detail_ = lost->error.message();
    tell_supervisor();
    table_.set_camera(signaling::CameraHealth::kLost);
    viewers_.release_answers();
    return broker_.pump();
  }
  const auto& started = std::get<codec::PipelineStarted>(event);
  camera_away_ = false;
  camera_report_.on_started(started);
  stream_ = started.stream;
  camera_detail_ = started.source + ", " + started.stream.encoder;
  tell_supervisor();
  net_.set_stream_limits(stream_limits(config_, stream_));
  table_.set_encoder(started.stream.encoder + (started.stream.reason.empty() ? "" : ": " + started.stream.reason));
  viewers_.set_profile(started.stream.passthrough ? started.stream.profile_level_id : "");
  // Where no key frame can be asked for, any stored one is better than waiting for the next.
  net_.set_join_age(started.stream.can_request_keyframe ? kJoinAge : rtp::PacketHistory::kMaxAge);
  table_.set_camera(signaling::CameraHealth::kOk);
  broker_.pump();
}

/// A camera that cannot be told of changes is found again when its viewers call again.
void Daemon::Impl::watch_network() {
  auto watch = net::NetworkWatch::create(loop_, ice_.local_addresses, [this] {
    network_changed_ = true;
    broker_.on_network_change();
    move_viewers();
  });
  if (watch)
    network_ = std::move(*watch);
  else
    PERCH_WARN(kModule, "msg=\"network changes go unnoticed\" reason=%s", in_quotes(watch.error().message()).c_str());
}

/// Offers go through the broker, so they wait for it where its connection went with the old address.
void Daemon::Impl::move_viewers() {
  if (!network_changed_ || !broker_.connected()) return;
  network_changed_ = false;
  viewers_.on_network_change();
  broker_.pump();
}

void Daemon::Impl::run() {
  if (not_looked_at_) viewers_.hold_answers();
  net_.set_stream_limits(stream_limits(config_, stream_));
  PERCH_INFO(kModule, "state=ready version=%s fingerprint=%s", PERCH_VERSION,
             certificate_.fingerprint().to_string().c_str());
  if (privacy_.on()) table_.set_camera(signaling::CameraHealth::kPrivacy);
  metrics_file_.set_path(config_.metrics.textfile);
  watch_network();
  on_guests();
  broker_.start();
  supervision_.ready();
  loop_.run();
}

void Daemon::Impl::shut_down() {
  if (std::exchange(stopping_, true)) return;
  PERCH_INFO(kModule, "state=stopping viewers=%zu", viewers_.size());
  supervision_.stopping();
  table_.end_all(signaling::Reason::kRestarting);
  table_.go_offline();
  broker_.stop(kGoodbyePatience);
  loop_.quit();
}

Daemon::Daemon(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Daemon::~Daemon() = default;

Result<std::unique_ptr<Daemon>> Daemon::create(const Config& config, ConfigSources sources, ServiceNotifier& notifier) {
  apply_log_level(config);
  SystemRandom random;
  auto mqtt = mqtt_options(config);
  if (!mqtt) return fail(std::move(mqtt.error()));
  auto ice = ice_config(config);
  if (!ice) return fail(std::move(ice.error()));
  auto own = own_certificate(config.state.dir, random);
  if (!own) return fail(std::move(own.error()));
  return std::unique_ptr<Daemon>(new Daemon(std::make_unique<Impl>(
      config, std::move(*ice), std::move(*own), std::move(*mqtt), std::move(sources), std::move(notifier))));
}

void Daemon::run() { impl_->run(); }

}  // namespace perch::agent
