// Everything the daemon can tell about itself at one moment: for perchctl, for metrics.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/histogram.hpp"
#include "media/codec/pipeline_stats.hpp"
#include "net/peer_stats.hpp"
#include "signaling/mqtt_client.hpp"
#include "signaling/session_table.hpp"

namespace perch::agent {

/// One session, connected or on its way.
struct ViewerStatus {
  std::string viewer;
  std::string session;  ///< its first letters
  bool connected = false;
  bool pictures = false;  ///< wanted
  bool sound = false;     ///< wanted
  Duration since_offer{};
  std::optional<net::PeerStats> stats;  ///< once there is a transport
};

/// Sessions so far. Never reset.
struct SessionCounters {
  std::uint64_t started = 0;
  std::uint64_t connected = 0;
  std::map<std::string, std::uint64_t> ended;  ///< by reason
  /// Offer → connected. [s]
  Histogram connect_time{{0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10}};
  /// Pictures asked for → the first packet of the first key frame leaves. [s]
  Histogram first_frame_time{{0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10}};
};

struct AgentStatus {
  std::string version;
  std::string id;
  std::string name;
  Duration uptime{};
  std::uint64_t resident_kb = 0;

  signaling::MqttStatus broker;
  std::string camera;         ///< closed, opening, open, lost or privacy
  std::string camera_detail;  ///< what is open, or why it is not
  std::string microphone;     ///< off, closed, open or lost
  bool privacy = false;
  bool draining = false;
  std::uint64_t max_viewers = 0;
  std::string access;           ///< sealed, broker or open
  std::uint64_t invited = 0;    ///< files of viewers, also of those who may not come in just now
  std::uint64_t may_watch = 0;  ///< of these
  std::vector<ViewerStatus> viewers;
  std::vector<std::string> needs_restart;  ///< keys whose new values wait for one

  codec::PipelineStats video;  ///< totals over all openings; encode times of the last
  SessionCounters sessions;
  signaling::SignalingCounters signaling;
  std::uint64_t watchdog_feeds = 0;
};

/// One line for people: "2 viewers, camera open, broker connected".
[[nodiscard]] std::string summary_of(std::size_t viewers, const std::string& camera,
                                     const signaling::MqttStatus& broker, bool draining);
/// `{"ok":true,"version":…}`, the answer to `status`.
[[nodiscard]] std::string write_status(const AgentStatus& status);

}  // namespace perch::agent
