// What the parts of the daemon are made with: the configuration in their own words.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/config.hpp"
#include "agent/viewers.hpp"
#include "hal/base/random.hpp"
#include "hal/video/video_source.hpp"
#include "media/codec/audio_pipeline.hpp"
#include "media/codec/video_pipeline.hpp"
#include "net/dtls_certificate.hpp"
#include "net/ice_agent.hpp"
#include "net/tier_rates.hpp"
#include "signaling/access_policy.hpp"
#include "signaling/camera_state.hpp"
#include "signaling/sealing/key_ring.hpp"

namespace perch::agent {

[[nodiscard]] SoundEquipment sound_equipment(const Config& config);
/// What the first `state` says.
[[nodiscard]] signaling::CameraState camera_state(const Config& config, const net::IceConfig& ice);
/// `ring` and `random` are borrowed by the policy.
[[nodiscard]] std::unique_ptr<signaling::AccessPolicy> access_policy(const Config& config,
                                                                     const signaling::KeyRing& ring, Random& random);
/// The camera as configured, if it may turn out to encode by itself.
[[nodiscard]] std::optional<video::SourceRequest> h264_candidate(const Config& config);
[[nodiscard]] codec::VideoPipeline::Config pipeline_config(const Config& config, Random& random);
/// `stream` is what the open camera gives; nothing: not known yet.
[[nodiscard]] net::StreamLimits stream_limits(const Config& config,
                                              const std::optional<codec::StreamDescription>& stream);
[[nodiscard]] codec::AudioPipeline::Config microphone_config(const Config& config, Random& random);
/// Ours, made on the first start and kept in `state_dir`, which is made if need be.
[[nodiscard]] Result<net::DtlsCertificate> own_certificate(const std::string& state_dir, Random& random);
void apply_log_level(const Config& config);

}  // namespace perch::agent
