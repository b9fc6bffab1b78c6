#include "agent/daemon.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "agent/broker_link.hpp"
#include "agent/camera_commands.hpp"
#include "agent/camera_report.hpp"
#include "agent/camera_switch.hpp"
#include "agent/config_file.hpp"
#include "agent/control_socket.hpp"
#include "agent/ice_setup.hpp"
#include "agent/invited_viewers.hpp"
#include "agent/loudspeaker.hpp"
#include "agent/metrics_file.hpp"
#include "agent/microphone_switch.hpp"
#include "agent/mqtt_setup.hpp"
#include "agent/operator_commands.hpp"
#include "agent/privacy_switch.hpp"
#include "agent/reload.hpp"
#include "agent/supervision.hpp"
#include "agent/viewer_commands.hpp"
#include "agent/viewers.hpp"
#include "hal/base/log.hpp"
#include "net/certificate_file.hpp"
#include "net/network_watch.hpp"
#include "signaling/sealing/sealed_access.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "agent";
constexpr Duration kGoodbyePatience = milliseconds(500);  // a hung broker must not hold up a restart

/// How long the very first answer may wait for a camera that encodes by itself to tell what it makes.
constexpr Duration kProfilePatience = milliseconds(1500);

/// A joiner is started from a stored key frame up to this age: what the key frame gate may make it wait otherwise.
constexpr Duration kJoinAge = milliseconds(700);

SoundEquipment sound_equipment(const Config& config) {
  return {config.audio.source != "off", config.audio.channels == 2, config.talk.sink != "off"};
}

signaling::CameraState camera_state(const Config& config, const net::IceConfig& ice) {
  signaling::CameraState state;
  state.id = config.camera.id;
  state.name = config.display_name();
  state.version = PERCH_VERSION;
  state.max_viewers = static_cast<std::uint64_t>(config.access.max_viewers);
  state.ice_servers = public_ice_servers(ice);
  const SoundEquipment sound = sound_equipment(config);
  if (sound.microphone) state.audio = {"opus"};
  state.talk = sound.loudspeaker;
  return state;
}

std::unique_ptr<signaling::AccessPolicy> access_policy(const Config& config, const signaling::KeyRing& ring,
                                                       Random& random) {
  if (config.access.mode == "open") return std::make_unique<signaling::OpenAccess>();
  if (config.access.mode == "broker") return std::make_unique<signaling::BrokerAccess>();
  return std::make_unique<signaling::SealedAccess>(ring, random);
}

video::SourceRequest source_request(const Config& config) {
  video::SourceRequest request;
  request.source = config.video.source;
  request.size = {static_cast<int>(config.video.width), static_cast<int>(config.video.height)};
  request.rate = {static_cast<std::uint32_t>(config.video.fps), 1};
  request.controls = config.video.controls;
  return request;
}

/// What may turn out to be a camera that encodes by itself.
std::optional<video::SourceRequest> h264_candidate(const Config& config) {
  if (config.video.encoder != "auto" || !video::may_have_h264(config.video.source)) return std::nullopt;
  return source_request(config);
}

codec::VideoPipeline::Config pipeline_config(const Config& config, Random& random) {
  codec::VideoPipeline::Config pipeline;
  pipeline.source = source_request(config);
  pipeline.tier.size_limit = pipeline.source.size;
  pipeline.tier.bitrate = Bitrate::bps(config.video.max_bitrate);
  pipeline.tier.encoder = config.video.encoder;
  pipeline.tier.vbv_frames = static_cast<double>(config.video.vbv_frames);
  pipeline.timestamp_offset = random.u32();
  pipeline.degrade = codec::parse_degrade(config.video.degrade).value_or(codec::Degrade::kBalanced);
  pipeline.min_fps = static_cast<double>(config.video.min_fps);
  pipeline.in_parts = true;
  return pipeline;
}

/// A camera that encodes by itself may be told its bitrate; a second, smaller stream it does not make.
net::StreamLimits stream_limits(const Config& config, const std::optional<codec::StreamDescription>& stream) {
  net::StreamLimits limits;
  limits.ceiling = Bitrate::bps(config.video.max_bitrate);
  limits.floor = std::min(Bitrate::bps(config.video.min_bitrate), limits.ceiling);
  limits.low_ceiling = std::min(limits.low_ceiling, limits.ceiling);
  limits.low_floor = std::min(limits.low_floor, limits.low_ceiling);
  limits.adaptable = !stream || stream->can_set_bitrate;
  limits.low_available = !stream || !stream->passthrough;
  return limits;
}

codec::AudioPipeline::Config microphone_config(const Config& config, Random& random) {
  codec::AudioPipeline::Config pipeline;
  pipeline.source.source = config.audio.source;
  pipeline.source.channels = static_cast<int>(config.audio.channels);
  pipeline.bitrate = Bitrate::bps(config.audio.bitrate);
  pipeline.dtx = config.audio.dtx;
  pipeline.timestamp_offset = random.u32();
  return pipeline;
}

Result<net::DtlsCertificate> certificate(const std::string& state_dir, Random& random) {
  ::mkdir(state_dir.c_str(), 0700);  // an existing folder is the usual case; a real problem shows right below
  return net::load_or_create_certificate(state_dir, random, NtpClock::from_system().unix_at(monotonic_now()));
}

/// Memory in use, by /proc/self/statm: the second number counts pages.
std::uint64_t resident_kb() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

void apply_log_level(const Config& config) {
  LogLevel level{};
  if (parse_log_level(config.log.level, level)) set_log_level(level);
}

}  // namespace

class Daemon::Impl {
 public:
  Impl(const Config& config, net::IceConfig ice, net::DtlsCertificate certificate, signaling::MqttOptions mqtt,
       ConfigSources sources, ServiceNotifier notifier);
  void run();

 private:
  void on_pipeline(const codec::PipelineEvent& event);
  void on_demand(Demand demand);
  void look_for_h264();
  void answer_held_offers();
  void on_microphone(bool lost);
  void on_floor(std::optional<net::LinkId> who);
  void on_guests();
  void on_guest_leaves(const std::string& viewer, signaling::Reason reason);
  void on_control(const signaling::SessionKey& key, signaling::ControlRequest request);
  [[nodiscard]] std::vector<signaling::IceServer> turn_for(const std::string& viewer) const;
  [[nodiscard]] CameraSwitch::Callbacks camera_callbacks();
  [[nodiscard]] std::unique_ptr<ControlSocket> open_control_socket(const std::string& path);
  void watch_network();
  void move_viewers();
  void shut_down();
  void reload();
  void apply(const ReloadPlan& plan);
  using Links = std::vector<net::NetThread::LinkStats>;
  /// Has the net thread look at its links, and calls back on ctl.
  void with_links(std::function<void(const Links&)> then);
  [[nodiscard]] WorkDone work_done(const Links& links) const;
  [[nodiscard]] OperatorCommands::Hooks operator_hooks();
  void on_perchctl(const std::string& request, const ControlSocket::Reply& reply);
  void with_status(std::function<void(const AgentStatus&)> then);
  [[nodiscard]] AgentStatus status(const Links& links) const;
  [[nodiscard]] std::string camera_word() const;
  [[nodiscard]] std::string microphone_word() const;
  void tell_supervisor();
  [[nodiscard]] Result<void> set_privacy(bool on);
  void drain();
  /// Runs `call` on ctl and lets the broker hear what came of it.
  template <class F>
  auto posted(F call);
  [[nodiscard]] net::NetThread::Events net_events();

  SystemRandom random_;
  EventLoop loop_;
  Config config_;  ///< in force
  const ConfigSources sources_;
  net::IceConfig ice_;
  const net::DtlsCertificate certificate_;
  const bool sealed_;
  InvitedViewers invited_;  // outlives the table, which looks keys up in it
  signaling::SessionTable table_;
  Loudspeaker loudspeaker_;  // outlives the net thread, which hands it what viewers say
  net::NetThread net_;
  std::optional<codec::StreamDescription> stream_;  ///< of the open camera
  CameraReport camera_report_;
  CameraSwitch camera_;
  MicrophoneSwitch microphone_;
  bool half_duplex_;
  /// Until somebody wants to watch no device is opened, not even to ask what it has.
  std::optional<video::SourceRequest> not_looked_at_;
  Viewers viewers_;
  BrokerLink broker_;
  Timer profile_timer_;
  std::unique_ptr<net::NetworkWatch> network_;
  bool network_changed_ = false;  ///< and the viewers have not heard of it
  CameraCommands commands_;
  ViewerCommands viewer_commands_;
  PrivacySwitch privacy_;
  OperatorCommands operator_;
  std::unique_ptr<ControlSocket> control_;
  SignalWatch terminate_;
  SignalWatch interrupt_;
  SignalWatch hang_up_;
  Supervision supervision_;
  MetricsFile metrics_file_;
  const TimePoint started_at_ = monotonic_now();
  bool camera_away_ = false;
  bool microphone_lost_ = false;
  bool draining_ = false;
  bool stopping_ = false;
  std::string camera_detail_;  ///< what is open, or why it is not
  std::vector<std::string> needs_restart_;
};

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
  if (nobody)
    PERCH_WARN("access", "state=sealed viewers=0 msg=\"nobody may watch yet: perchctl invite NAME makes a link\"");
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

void Daemon::Impl::with_links(std::function<void(const Links&)> then) {
  net_.collect_stats(
      [this, then = std::move(then)](Links links) { loop_.post([then, links = std::move(links)] { then(links); }); });
}

WorkDone Daemon::Impl::work_done(const Links& links) const {
  WorkDone work;
  work.watching = viewers_.watching();
  for (const auto& link : links) work.packets_sent += link.stats.packets_sent + link.stats.retransmitted;
  work.camera_away = camera_away_;
  if (const auto stats = camera_.stats()) work.camera_tries = stats->tries;
  return work;
}

OperatorCommands::Hooks Daemon::Impl::operator_hooks() {
  OperatorCommands::Hooks hooks;
  hooks.status = [this](std::function<void(const AgentStatus&)> then) { with_status(std::move(then)); };
  hooks.state = [this] { return table_.state_text(); };
  hooks.snapshot = [this](std::function<void(Result<Bytes>)> then) { camera_.take_snapshot(std::move(then)); };
  hooks.privacy = [this] { return privacy_.on(); };
  hooks.set_privacy = [this](bool on) { return set_privacy(on); };
  hooks.drain = [this] { drain(); };
  return hooks;
}

/// Looking at a camera's controls opens it.
void Daemon::Impl::on_perchctl(const std::string& request, const ControlSocket::Reply& reply) {
  if (operator_.handle(request, reply) || viewer_commands_.handle(request, reply)) return;
  if (privacy_.on()) return reply(write_error({Errc::kPermission, "privacy is on: perchctl privacy off ends it", 0}));
  commands_.handle(request, reply);
}

void Daemon::Impl::with_status(std::function<void(const AgentStatus&)> then) {
  with_links([this, then = std::move(then)](const Links& links) { then(status(links)); });
}

AgentStatus Daemon::Impl::status(const Links& links) const {
  AgentStatus now;
  now.version = PERCH_VERSION;
  now.id = config_.camera.id;
  now.name = config_.display_name();
  now.uptime = monotonic_now() - started_at_;
  now.resident_kb = resident_kb();
  now.broker = broker_.status();
  now.camera = camera_word();
  now.camera_detail = camera_detail_;
  now.microphone = microphone_word();
  now.privacy = privacy_.on();
  now.draining = draining_;
  now.max_viewers = static_cast<std::uint64_t>(config_.access.max_viewers);
  now.needs_restart = needs_restart_;
  now.video = camera_.totals();
  now.sessions = viewers_.counters();
  now.signaling = table_.counters();
  now.watchdog_feeds = supervision_.feeds();
  for (auto& [id, viewer] : viewers_.statuses()) {
    for (const auto& link : links)
      if (link.id == id) viewer.stats = link.stats;
    now.viewers.push_back(std::move(viewer));
  }
  return now;
}

std::string Daemon::Impl::camera_word() const {
  if (privacy_.on()) return "privacy";
  if (!camera_.is_open()) return "closed";
  if (camera_away_) return "lost";
  return camera_detail_.empty() ? "opening" : "open";
}

std::string Daemon::Impl::microphone_word() const {
  if (config_.audio.source == "off") return "off";
  if (!microphone_.stats()) return "closed";
  return microphone_lost_ ? "lost" : "open";
}

void Daemon::Impl::tell_supervisor() {
  supervision_.set_status(summary_of(viewers_.size(), camera_word(), broker_.status(), draining_));
}

Result<void> Daemon::Impl::set_privacy(bool on) {
  if (on == privacy_.on()) return {};
  auto done = privacy_.set(on);
  if (!done && !on) return done;
  PERCH_INFO(kModule, "state=%s viewers=%zu", on ? "privacy" : "public", viewers_.size());
  if (on) {
    viewers_.end_all(signaling::Reason::kPrivacyMode);
    camera_.close_now();
  }
  table_.set_camera(on ? signaling::CameraHealth::kPrivacy : signaling::CameraHealth::kOk);
  tell_supervisor();
  broker_.pump();
  return done;
}

void Daemon::Impl::drain() {
  PERCH_INFO(kModule, "state=draining viewers=%zu", viewers_.size());
  draining_ = true;
  table_.set_draining(true);
  tell_supervisor();
  if (viewers_.size() == 0) loop_.post([this] { shut_down(); });
}

void Daemon::Impl::reload() {
  supervision_.reloading();
  const ConfigFile wanted = load_configuration(sources_);
  for (const std::string& error : wanted.errors) PERCH_ERROR("config", "msg=%s", in_quotes(error).c_str());
  if (wanted.errors.empty())
    apply(plan_reload(config_, wanted.config));
  else
    PERCH_ERROR("config", "state=kept mistakes=%zu msg=\"the configuration stays as it was\"", wanted.errors.size());
  supervision_.ready();
}

/// Everything live is set again: the content of a secret's file may be new where its path is not.
void Daemon::Impl::apply(const ReloadPlan& plan) {
  config_ = plan.config;
  apply_log_level(config_);
  if (auto ice = ice_config(config_)) ice_ = std::move(*ice);
  net_.set_ice(ice_);
  table_.set_ice_servers(public_ice_servers(ice_));
  table_.set_name(config_.display_name());
  table_.set_max_viewers(static_cast<std::uint64_t>(config_.access.max_viewers));
  camera_.set_max_bitrate(Bitrate::bps(config_.video.max_bitrate));
  net_.set_stream_limits(stream_limits(config_, stream_));
  half_duplex_ = config_.talk.half_duplex;
  metrics_file_.set_path(config_.metrics.textfile);
  needs_restart_.clear();
  for (const ConfigKey* key : plan.needs_restart) needs_restart_.push_back(key->label());
  log_reload(plan);
  invited_.reload();
  broker_.pump();
}

Result<std::unique_ptr<Daemon>> Daemon::create(const Config& config, ConfigSources sources, ServiceNotifier notifier) {
  apply_log_level(config);
  SystemRandom random;
  auto mqtt = mqtt_options(config);
  if (!mqtt) return fail(std::move(mqtt.error()));
  auto ice = ice_config(config);
  if (!ice) return fail(std::move(ice.error()));
  auto own = certificate(config.state.dir, random);
  if (!own) return fail(std::move(own.error()));
  return std::unique_ptr<Daemon>(new Daemon(std::make_unique<Impl>(
      config, std::move(*ice), std::move(*own), std::move(*mqtt), std::move(sources), std::move(notifier))));
}

void Daemon::run() { impl_->run(); }

}  // namespace perch::agent
