#include "agent/camera_switch.hpp"

#include <algorithm>
#include <utility>

#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "camera";

}  // namespace

CameraSwitch::CameraSwitch(EventLoop& loop, codec::VideoPipeline::Config config, Duration linger, Callbacks callbacks)
    : loop_(loop),
      config_(std::move(config)),
      linger_(linger),
      callbacks_(std::move(callbacks)),
      linger_timer_(loop, [this] { close(); }) {}

CameraSwitch::~CameraSwitch() = default;

void CameraSwitch::on_viewers(std::size_t viewers) {
  if (viewers == 0) {
    if (pipeline_) linger_timer_.set(monotonic_now() + linger_);
    return;
  }
  linger_timer_.set(kNever);
  if (!pipeline_) start();
}

void CameraSwitch::start() {
  const std::uint64_t generation = ++generation_;
  codec::VideoPipeline::Hooks hooks;
  hooks.on_frame = callbacks_.on_frame;
  hooks.on_event = [this, generation](codec::PipelineEvent event) {
    loop_.post([this, generation, event = std::move(event)] {
      if (generation == generation_ && pipeline_) callbacks_.on_event(event);
    });
  };
  PERCH_INFO(kModule, "state=opening source=%s", in_quotes(config_.source.source).c_str());
  auto pipeline = codec::VideoPipeline::create(config_, std::move(hooks));
  if (!pipeline) return callbacks_.on_event(codec::PipelineLost{pipeline.error()});
  pipeline_ = std::move(*pipeline);
  apply_rates();
}

void CameraSwitch::close() {
  past_ = totals();
  pipeline_.reset();
  PERCH_INFO(kModule, "state=closed");
  callbacks_.on_closed();
}

void CameraSwitch::set_max_bitrate(Bitrate limit) {
  config_.tier.bitrate = limit;
  if (main_rate_) main_rate_ = std::min(*main_rate_, limit);
  apply_rates();
}

void CameraSwitch::remember_control(const std::string& setting) {
  auto& controls = config_.source.controls;
  const std::string name = setting.substr(0, setting.find('=') + 1);
  std::erase_if(controls, [&](const std::string& known) { return known.starts_with(name); });
  controls.push_back(setting);
  if (pipeline_) pipeline_->set_controls(controls);
}

void CameraSwitch::close_now() {
  linger_timer_.set(kNever);
  if (pipeline_) close();
}

codec::PipelineStats CameraSwitch::totals() const {
  if (!pipeline_) return past_;
  codec::PipelineStats sum = pipeline_->stats();
  sum += past_;
  return sum;
}

void CameraSwitch::take_snapshot(codec::SnapshotTap::Sink sink) {
  const auto deliver = [this, sink = std::move(sink)](Result<Bytes> jpeg) {
    loop_.post([sink, jpeg = std::move(jpeg)] { sink(jpeg); });
  };
  if (pipeline_) return pipeline_->take_snapshot(deliver);
  if (std::exchange(snapshot_runs_, true))
    return deliver(fail(Errc::kBusy, "the camera is being opened for another snapshot, try again"));
  snapshot_ = Thread("snapshot", [this, request = config_.source, deliver] {
    deliver(codec::take_snapshot(request));
    loop_.post([this] { snapshot_runs_ = false; });
  });
}

std::optional<codec::PipelineStats> CameraSwitch::stats() const {
  return pipeline_ ? std::optional(pipeline_->stats()) : std::nullopt;
}

void CameraSwitch::request_keyframe(rtp::Tier tier) {
  if (pipeline_) pipeline_->request_keyframe(tier);
}

void CameraSwitch::set_rates(Bitrate main, std::optional<Bitrate> low) {
  if (low.has_value() != low_rate_.has_value()) PERCH_INFO(kModule, "tier=low state=%s", low ? "wanted" : "off");
  PERCH_DEBUG(kModule, "main_kbps=%lld low_kbps=%lld", static_cast<long long>(main.bps() / 1000),
              static_cast<long long>(low ? low->bps() / 1000 : 0));
  main_rate_ = main;
  low_rate_ = low;
  apply_rates();
}

void CameraSwitch::apply_rates() {
  if (!pipeline_) return;
  pipeline_->set_bitrate(main_rate_.value_or(config_.tier.bitrate));
  pipeline_->set_low_bitrate(low_rate_);
}

}  // namespace perch::agent
