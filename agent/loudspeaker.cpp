#include "agent/loudspeaker.hpp"

#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "talk";
constexpr Duration kTick = milliseconds(250);  // only while somebody speaks or the loudspeaker is open
constexpr Duration kLinger = seconds(5);       // a conversation has pauses; opening a card takes a while

void log_event(const codec::TalkEvent& event) {
  if (const auto* lost = std::get_if<codec::TalkLost>(&event)) {
    PERCH_WARN(kModule, "state=lost reason=%s", in_quotes(lost->error.message()).c_str());
    return;
  }
  PERCH_INFO(kModule, "state=open sink=%s", in_quotes(std::get<codec::TalkStarted>(event).sink).c_str());
}

}  // namespace

Loudspeaker::Loudspeaker(EventLoop& ctl, codec::TalkPipeline::Config config, OnFloor on_floor)
    : ctl_(ctl), config_(std::move(config)), on_floor_(std::move(on_floor)), timer_(ctl, [this] { tick(); }) {}

Loudspeaker::~Loudspeaker() = default;

void Loudspeaker::on_packet(net::LinkId who, net::InboundPacket packet) {
  const std::lock_guard lock(mutex_);
  const TalkFloor::Take taken = floor_.take(packet.arrived_at, who);
  if (taken == TalkFloor::Take::kTaken) return;
  if (taken == TalkFloor::Take::kBegan) ctl_.post([this, who] { begin(who); });
  if (!pipeline_) return;  // being opened: the first word's first few milliseconds
  pipeline_->push(
      {packet.ssrc, packet.sequence_number, packet.timestamp, packet.arrived_at, std::move(packet.payload)});
}

void Loudspeaker::begin(net::LinkId who) {
  open();
  close_at_ = kNever;
  timer_.set(monotonic_now() + kTick);
  if (speaker_ == who) return;
  speaker_ = who;
  on_floor_(speaker_);
}

void Loudspeaker::open() {
  if (pipeline_) return;  // only this thread changes it
  codec::TalkPipeline::Hooks hooks;
  hooks.on_event = [this](const codec::TalkEvent& event) { ctl_.post([event] { log_event(event); }); };
  auto pipeline = codec::TalkPipeline::create(config_, std::move(hooks));
  if (!pipeline) return log_event(codec::TalkLost{std::move(pipeline.error())});
  const std::lock_guard lock(mutex_);
  pipeline_ = std::move(*pipeline);
}

void Loudspeaker::tick() {
  const TimePoint now = monotonic_now();
  std::optional<net::LinkId> holder;
  {
    const std::lock_guard lock(mutex_);
    holder = floor_.holder(now);
  }
  if (speaker_ && !holder) {
    speaker_.reset();
    close_at_ = now + kLinger;
    on_floor_(std::nullopt);
  }
  if (now >= close_at_) return close();
  timer_.set(now + kTick);
}

void Loudspeaker::close() {
  close_at_ = kNever;
  std::unique_ptr<codec::TalkPipeline> done;
  {
    const std::lock_guard lock(mutex_);
    done = std::move(pipeline_);
  }
  done.reset();  // waits for its thread: not with the lock that the net thread takes
  PERCH_INFO(kModule, "state=closed");
}

std::optional<codec::TalkPipelineStats> Loudspeaker::stats() const {
  const std::lock_guard lock(mutex_);
  return pipeline_ ? std::optional(pipeline_->stats()) : std::nullopt;
}

}  // namespace perch::agent
