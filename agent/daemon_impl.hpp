// The composition behind Daemon: every part, in the order in which they need one another.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/access_log.hpp"
#include "agent/broker_link.hpp"
#include "agent/camera_commands.hpp"
#include "agent/camera_report.hpp"
#include "agent/camera_switch.hpp"
#include "agent/control_socket.hpp"
#include "agent/daemon.hpp"
#include "agent/invited_viewers.hpp"
#include "agent/loudspeaker.hpp"
#include "agent/metrics_file.hpp"
#include "agent/microphone_switch.hpp"
#include "agent/operator_commands.hpp"
#include "agent/privacy_switch.hpp"
#include "agent/reload.hpp"
#include "agent/supervision.hpp"
#include "agent/viewer_commands.hpp"
#include "agent/viewers.hpp"
#include "net/network_watch.hpp"

namespace perch::agent {

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
  NobodyNotice nobody_notice_;
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

}  // namespace perch::agent
