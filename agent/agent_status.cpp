#include "agent/agent_status.hpp"

#include "signaling/json_writer.hpp"

namespace perch::agent {
namespace {

using signaling::JsonWriter;

std::int64_t ms(Duration duration) { return static_cast<std::int64_t>(to_ms(duration)); }
std::int64_t s(Duration duration) { return static_cast<std::int64_t>(duration / seconds(1)); }
/// JSON of ours has whole numbers only.
std::int64_t per_mille(double fraction) { return static_cast<std::int64_t>(fraction * 1000); }

void write_broker(JsonWriter& out, const signaling::MqttStatus& broker) {
  out.begin_object("broker").member("connected", broker.connected).member("address", broker.address);
  out.member("connects", broker.connects).member("attempts", broker.attempts);
  out.member("trouble", broker.trouble).end_object();
}

void write_viewer(JsonWriter& out, const ViewerStatus& viewer) {
  out.begin_object().member("viewer", viewer.viewer).member("session", viewer.session);
  out.member("connected", viewer.connected).member("pictures", viewer.pictures).member("sound", viewer.sound);
  out.member("since_s", s(viewer.since_offer));
  if (viewer.stats) {
    const net::PeerStats& stats = *viewer.stats;
    out.member("tier", stats.tier == rtp::Tier::kLow ? "low" : "main");
    out.member("estimate_bps", stats.estimate.bps()).member("rtt_ms", ms(stats.round_trip.value_or(Duration{})));
    out.member("lost_per_mille", per_mille(stats.fraction_lost)).member("packets", stats.packets_sent);
    out.member("retransmitted", stats.retransmitted).member("frames", stats.frames_sent);
  }
  out.end_object();
}

void write_video(JsonWriter& out, const codec::PipelineStats& video) {
  out.begin_object("video").member("frames", video.frames).member("keyframes", video.keyframes);
  out.member("dropped", video.dropped).member("missed", video.missed).member("damaged", video.damaged);
  out.member("opened", video.opened).member("failures", video.failures);
  out.member("encode_p50_us", static_cast<std::int64_t>(video.encode_p50 / microseconds(1)));
  out.member("encode_p95_us", static_cast<std::int64_t>(video.encode_p95 / microseconds(1))).end_object();
}

}  // namespace

std::string summary_of(std::size_t viewers, const std::string& camera, const signaling::MqttStatus& broker,
                       bool draining) {
  std::string line = std::to_string(viewers) + (viewers == 1 ? " viewer" : " viewers") + ", camera " + camera;
  line +=
      broker.connected ? ", broker connected" : ", no broker" + (broker.trouble.empty() ? "" : ": " + broker.trouble);
  return line + (draining ? ", draining" : "");
}

std::string write_status(const AgentStatus& status) {
  JsonWriter out;
  out.begin_object().member("ok", true).member("version", status.version);
  out.member("id", status.id).member("name", status.name);
  out.member("uptime_s", s(status.uptime)).member("resident_kb", status.resident_kb);
  write_broker(out, status.broker);
  out.member("camera", status.camera).member("camera_detail", status.camera_detail);
  out.member("microphone", status.microphone);
  out.member("privacy", status.privacy).member("draining", status.draining);
  out.begin_object("access").member("mode", status.access);
  out.member("invited", status.invited).member("may_watch", status.may_watch).end_object();
  out.member("max_viewers", status.max_viewers).begin_array("viewers");
  for (const ViewerStatus& viewer : status.viewers) write_viewer(out, viewer);
  out.end_array();
  write_video(out, status.video);
  out.begin_object("sessions").member("started", status.sessions.started);
  out.member("connected", status.sessions.connected).begin_object("ended");
  for (const auto& [reason, count] : status.sessions.ended) out.member(reason, count);
  out.end_object().end_object();
  out.member("watchdog_feeds", status.watchdog_feeds).member("needs_restart", status.needs_restart);
  return out.end_object().take();
}

}  // namespace perch::agent
