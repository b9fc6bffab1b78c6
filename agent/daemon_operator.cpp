// How the daemon is looked at and steered while it runs: status, privacy, drain, reload.
#include <unistd.h>

#include <fstream>
#include <utility>

#include "agent/config_file.hpp"
#include "agent/daemon_impl.hpp"
#include "agent/daemon_setup.hpp"
#include "agent/ice_setup.hpp"
#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "agent";

/// Memory in use, by /proc/self/statm: the second number counts pages.
std::uint64_t resident_kb() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

}  // namespace

void Daemon::Impl::with_links(std::function<void(const Links&)> then) {
  net_.collect_stats(
      [this, then = std::move(then)](Links links) { loop_.post([then, links = std::move(links)] { then(links); }); });
}

WorkDone Daemon::Impl::work_done(const Links& links) const {
  WorkDone work;
  work.watching = viewers_.watching();
  for (const auto& link : links) work.picture_packets += link.stats.picture_packets_sent;
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
  now.access = sealed_ ? "sealed" : config_.access.mode;
  now.invited = invited_.registry().invitations().size();
  now.may_watch = invited_.registry().may_watch();
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

}  // namespace perch::agent
