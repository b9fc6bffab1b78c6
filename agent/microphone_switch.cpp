#include "agent/microphone_switch.hpp"

#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "microphone";

void log_event(const codec::AudioEvent& event) {
  if (const auto* lost = std::get_if<codec::AudioLost>(&event)) {
    PERCH_WARN(kModule, "state=lost reason=%s", in_quotes(lost->error.message()).c_str());
    return;
  }
  const auto& started = std::get<codec::AudioStarted>(event);
  PERCH_INFO(kModule, "state=open source=%s channels=%d", in_quotes(started.source).c_str(), started.format.channels);
}

}  // namespace

MicrophoneSwitch::MicrophoneSwitch(EventLoop& loop, codec::AudioPipeline::Config config, Callbacks callbacks)
    : loop_(loop), config_(std::move(config)), callbacks_(std::move(callbacks)) {}

MicrophoneSwitch::~MicrophoneSwitch() = default;

void MicrophoneSwitch::on_listeners(std::size_t listeners) {
  if (listeners > 0 && !pipeline_) open();
  if (listeners == 0 && pipeline_) close();
}

void MicrophoneSwitch::open() {
  codec::AudioPipeline::Hooks hooks;
  hooks.on_frame = callbacks_.on_frame;
  hooks.on_event = [this, generation = ++generation_](const codec::AudioEvent& event) {
    loop_.post([this, generation, event] {
      if (generation == generation_ && pipeline_) on_event(event);
    });
  };
  auto pipeline = codec::AudioPipeline::create(config_, std::move(hooks));
  if (!pipeline) return log_event(codec::AudioLost{std::move(pipeline.error())});
  pipeline_ = std::move(*pipeline);
  pipeline_->set_ducked(ducked_);
}

void MicrophoneSwitch::on_event(const codec::AudioEvent& event) {
  log_event(event);
  callbacks_.on_health(std::holds_alternative<codec::AudioLost>(event));
}

void MicrophoneSwitch::close() {
  const codec::AudioPipelineStats last = pipeline_->stats();
  pipeline_.reset();
  PERCH_INFO(kModule, "state=closed frames=%llu overruns=%llu", static_cast<unsigned long long>(last.frames),
             static_cast<unsigned long long>(last.overruns));
  callbacks_.on_closed();
  callbacks_.on_health(false);
}

void MicrophoneSwitch::set_ducked(bool ducked) {
  ducked_ = ducked;
  if (pipeline_) pipeline_->set_ducked(ducked);
}

void MicrophoneSwitch::set_expected_loss(double fraction) {
  if (pipeline_) pipeline_->set_expected_loss(fraction);
}

std::optional<codec::AudioPipelineStats> MicrophoneSwitch::stats() const {
  return pipeline_ ? std::optional(pipeline_->stats()) : std::nullopt;
}

}  // namespace perch::agent
