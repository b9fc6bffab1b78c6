#include "agent/daemon_setup.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "agent/ice_setup.hpp"
#include "hal/base/log.hpp"
#include "hal/base/time.hpp"
#include "net/certificate_file.hpp"
#include "signaling/sealing/sealed_access.hpp"

namespace perch::agent {
namespace {

video::SourceRequest source_request(const Config& config) {
  video::SourceRequest request;
  request.source = config.video.source;
  request.size = {static_cast<int>(config.video.width), static_cast<int>(config.video.height)};
  request.rate = {static_cast<std::uint32_t>(config.video.fps), 1};
  request.controls = config.video.controls;
  return request;
}

}  // namespace

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

Result<net::DtlsCertificate> own_certificate(const std::string& state_dir, Random& random) {
  ::mkdir(state_dir.c_str(), 0700);  // an existing folder is the usual case; a real problem shows right below
  return net::load_or_create_certificate(state_dir, random, NtpClock::from_system().unix_at(monotonic_now()));
}

void apply_log_level(const Config& config) {
  LogLevel level{};
  if (parse_log_level(config.log.level, level)) set_log_level(level);
}

}  // namespace perch::agent
