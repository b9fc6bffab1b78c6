#include "agent/metrics.hpp"

#include <cstdio>

#include <algorithm>
#include <fstream>

#include "agent/prometheus_text.hpp"
#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

double in_seconds(Duration duration) { return static_cast<double>(duration / microseconds(1)) / 1e6; }
double number(std::uint64_t value) { return static_cast<double>(value); }

void write_broker(PrometheusText& out, const signaling::MqttStatus& broker) {
  out.gauge("perch_mqtt_connected", "1 while there is a connection to the broker.", broker.connected ? 1 : 0);
  out.counter("perch_mqtt_connects_total", "Connections made to the broker.", number(broker.connects));
  out.counter("perch_mqtt_attempts_total", "Attempts to reach the broker.", number(broker.attempts));
}

void write_camera(PrometheusText& out, const AgentStatus& status) {
  const codec::PipelineStats& video = status.video;
  out.family("perch_camera_state", "What the camera does now.", "gauge");
  for (const char* state : {"closed", "opening", "open", "lost", "privacy"})
    out.sample("perch_camera_state", "state", state, status.camera == state ? 1 : 0);
  out.counter("perch_video_frames_total", "Frames encoded or passed on.", number(video.frames));
  out.counter("perch_video_keyframes_total", "Key frames of those.", number(video.keyframes));
  out.counter("perch_video_bytes_total", "RTP payload of those.", number(video.bytes));
  out.counter("perch_capture_dropped_total", "Frames given up for newer ones.", number(video.dropped));
  out.counter("perch_capture_missed_total", "Frames the camera counted and never delivered.", number(video.missed));
  out.counter("perch_capture_damaged_total", "Frames that could not be used.", number(video.damaged));
  out.counter("perch_capture_opened_total", "Times the camera was opened.", number(video.opened));
  out.counter("perch_capture_failures_total", "Times it failed while open.", number(video.failures));
  out.gauge("perch_encode_seconds_p50", "Frame read to packets ready, median of the last.",
            in_seconds(video.encode_p50));
  out.gauge("perch_encode_seconds_p95", "The same, 95th percentile.", in_seconds(video.encode_p95));
}

void write_sessions(PrometheusText& out, const AgentStatus& status) {
  out.counter("perch_sessions_started_total", "Sessions whose offer was answered.", number(status.sessions.started));
  out.counter("perch_sessions_connected_total", "Sessions that got a connection.", number(status.sessions.connected));
  out.family("perch_sessions_ended_total", "Sessions that ended, by reason.", "counter");
  for (const auto& [reason, count] : status.sessions.ended)
    out.sample("perch_sessions_ended_total", "reason", reason, number(count));
  out.histogram("perch_session_connect_seconds", "From offer to connection.", status.sessions.connect_time);
  out.histogram("perch_session_first_frame_seconds", "From asking for pictures to the first key frame's first packet.",
                status.sessions.first_frame_time);
  const auto& refused = status.signaling;
  out.counter("perch_messages_unauthenticated_total", "Messages no key fits.", number(refused.unauthenticated));
  out.counter("perch_messages_duplicate_total", "Messages seen before.", number(refused.duplicates));
  out.counter("perch_errors_sent_total", "Errors told to viewers.", number(refused.errors_sent));
}

/// Sums and extremes over the viewers there are.
struct Transports {
  std::uint64_t count = 0;
  std::uint64_t connected = 0;
  std::uint64_t low = 0;
  std::uint64_t packets = 0;
  std::uint64_t retransmitted = 0;
  double rtt_max = 0;
  double loss_max = 0;
  double loss_sum = 0;
  double estimate_min = 0;
};

Transports sum_up(const std::vector<ViewerStatus>& viewers) {
  Transports all;
  for (const ViewerStatus& viewer : viewers) {
    all.connected += viewer.connected ? 1 : 0;
    if (!viewer.stats) continue;
    const net::PeerStats& stats = *viewer.stats;
    const auto estimate = static_cast<double>(stats.estimate.bps());
    all.estimate_min = all.count == 0 ? estimate : std::min(all.estimate_min, estimate);
    ++all.count;
    all.low += stats.tier == rtp::Tier::kLow ? 1 : 0;
    all.packets += stats.packets_sent;
    all.retransmitted += stats.retransmitted;
    all.rtt_max = std::max(all.rtt_max, in_seconds(stats.round_trip.value_or(Duration{})));
    all.loss_max = std::max(all.loss_max, stats.fraction_lost);
    all.loss_sum += stats.fraction_lost;
  }
  return all;
}

void write_transports(PrometheusText& out, const Transports& all) {
  out.gauge("perch_viewers_connected", "Viewers with a connection.", number(all.connected));
  out.gauge("perch_viewers_low", "Viewers on the low tier.", number(all.low));
  out.gauge("perch_transport_packets", "Media packets sent to the viewers there are.", number(all.packets));
  out.gauge("perch_transport_retransmitted", "Retransmissions to them.", number(all.retransmitted));
  out.gauge("perch_transport_rtt_seconds_max", "The longest round trip among them.", all.rtt_max);
  out.gauge("perch_transport_loss_ratio_max", "The worst loss by their last reports.", all.loss_max);
  const double mean = all.count == 0 ? 0 : all.loss_sum / number(all.count);
  out.gauge("perch_transport_loss_ratio_mean", "The mean loss by their last reports.", mean);
  out.gauge("perch_transport_estimate_bps_min", "The lowest estimate of what a viewer's network carries.",
            all.estimate_min);
}

}  // namespace

std::string write_metrics(const AgentStatus& status) {
  PrometheusText out;
  out.family("perch_info", "Always 1.", "gauge").sample("perch_info", "version", status.version, 1);
  out.gauge("perch_uptime_seconds", "Since the start.", in_seconds(status.uptime));
  out.gauge("perch_resident_bytes", "Memory in use.", number(status.resident_kb) * 1024);
  out.gauge("perch_draining", "1 while no new viewers are taken.", status.draining ? 1 : 0);
  out.gauge("perch_privacy", "1 while camera and microphone are switched off.", status.privacy ? 1 : 0);
  out.counter("perch_watchdog_feeds_total", "Times the watchdog was fed.", number(status.watchdog_feeds));
  write_broker(out, status.broker);
  write_camera(out, status);
  write_sessions(out, status);
  write_transports(out, sum_up(status.viewers));
  return out.take() + "# EOF\n";
}

Result<void> write_textfile(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return fail_errno("cannot write " + in_quotes(fresh));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return fail_errno("cannot replace " + in_quotes(path));
  return {};
}

}  // namespace perch::agent
