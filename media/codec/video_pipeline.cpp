#include "media/codec/video_pipeline.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace perch::codec {
namespace {

constexpr int kMaxSkipped = 8;  // queued frames passed over at once; drivers hold fewer

/// Milliseconds for poll(2), rounded up so that it never wakes just before the time.
int poll_timeout_ms(Duration wait) {
  return static_cast<int>(std::max<std::int64_t>(0, std::chrono::ceil<milliseconds>(wait).count()));
}

bool has_more(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return poll(&entry, 1, 0) == 1 && (entry.revents & POLLIN) != 0;
}

}  // namespace

Result<std::unique_ptr<VideoPipeline>> VideoPipeline::create(Config config, Hooks hooks) {
  UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail_errno("making an event descriptor");
  return std::unique_ptr<VideoPipeline>(new VideoPipeline(std::move(config), std::move(hooks), std::move(wake)));
}

VideoPipeline::VideoPipeline(Config config, Hooks hooks, UniqueFd wake)
    : config_(std::move(config)),
      hooks_(std::move(hooks)),
      wake_(std::move(wake)),
      bitrate_bps_(config_.tier.bitrate.bps()),
      controls_(config_.source.controls),
      tiers_(tiers_config()),
      backoff_(config_.timing.retry_first, config_.timing.retry_max),
      thread_("video", [this] { run(); }) {}

VideoTiers::Config VideoPipeline::tiers_config() {
  VideoTiers::Config tiers;
  tiers.main = config_.tier;
  if (config_.in_parts) tiers.main.on_part = hooks_.on_frame;
  tiers.ladder = {config_.degrade, config_.min_fps, config_.tier.bitrate};
  tiers.timestamp_offset = config_.timestamp_offset;
  tiers.on_packets = [this](rtp::FramePacketsPtr packets) { hand_on(std::move(packets)); };
  return tiers;
}

VideoPipeline::~VideoPipeline() {
  stop();
  thread_.join();
}

void VideoPipeline::stop() {
  stopped_.store(true, std::memory_order_release);
  (void)eventfd_write(wake_.get(), 1);
}

void VideoPipeline::run() {
  open_source();
  while (!stopped()) {
    if (source_) {
      wait_for_source();
    } else {
      retry();
    }
  }
  close_source();
}

void VideoPipeline::set_controls(std::vector<std::string> controls) {
  const std::lock_guard lock(controls_mutex_);
  controls_ = std::move(controls);
}

video::SourceRequest VideoPipeline::source_request() const {
  video::SourceRequest request = config_.source;
  request.prefer_h264 = config_.tier.encoder == "auto";
  request.camera_only = had_camera_;
  request.bitrate = Bitrate::bps(bitrate_bps_.load(std::memory_order_relaxed));
  const std::lock_guard lock(controls_mutex_);
  request.controls = controls_;
  return request;
}

void VideoPipeline::open_source() {
  counters_.on_try();
  auto opened = hooks_.open(source_request());
  if (!opened) return lose(std::move(opened.error()));
  source_ = std::move(*opened);
  had_camera_ = had_camera_ || source_->is_camera();
  counters_.on_opened();
  last_frame_at_ = monotonic_now();
  reported_.reset();
  if (auto started = tiers_.start(source_->format(), source_.get()); !started) return lose(std::move(started.error()));
  // After an outage only a picture counts as news: some cameras open well and then deliver nothing.
  if (!outage_) report_description();
}

void VideoPipeline::close_source() {
  tiers_.stop();
  if (source_) damaged_before_ += source_->damaged();
  last_number_.reset();
  source_.reset();
}

void VideoPipeline::lose(Error error) {
  if (source_) counters_.on_failure();
  close_source();
  if (!watch_) watch_ = video::DeviceWatch::create();
  if (outage_ == error.code) return suspected_.reset();
  if (outage_ && suspected_ != error.code) {
    suspected_ = error.code;
    return;
  }
  outage_ = error.code;
  hooks_.on_event(PipelineLost{std::move(error)});
}

void VideoPipeline::retry() {
  const TimePoint deadline = monotonic_now() + backoff_.next();
  if (wait_for_device(deadline)) backoff_.reset();
  if (!stopped()) open_source();
}

/// True as soon as a video node appears, false at the deadline and when stopped.
bool VideoPipeline::wait_for_device(TimePoint deadline) {
  while (!stopped() && monotonic_now() < deadline) {
    std::array<pollfd, 2> entries{pollfd{wake_.get(), POLLIN, 0}, pollfd{watch_ ? watch_->fd() : -1, POLLIN, 0}};
    (void)poll(entries.data(), entries.size(), poll_timeout_ms(deadline - monotonic_now()));
    if (watch_ && watch_->take_changes()) return true;
  }
  return false;
}

void VideoPipeline::wait_for_source() {
  std::array<pollfd, 2> entries{pollfd{source_->fd(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
  const TimePoint deadline = last_frame_at_ + config_.timing.stall;
  const int ready = poll(entries.data(), entries.size(), poll_timeout_ms(deadline - monotonic_now()));
  if (stopped()) return;
  const short events = entries[0].revents;
  if (ready > 0 && events != 0) read_source((events & POLLIN) == 0);
  if (source_ && monotonic_now() >= deadline && last_frame_at_ + config_.timing.stall == deadline) {
    lose(Error{Errc::kUnavailable, source_->description() + " delivers no pictures"});
  }
}

/// `broken`: the descriptor reports an error and no data, which would otherwise be reported for ever.
void VideoPipeline::read_source(bool broken) {
  auto frame = read_newest();
  if (!frame) return lose(std::move(frame.error()));
  if (*frame) {
    if (auto handled = handle(**frame); !handled) lose(std::move(handled.error()));
  } else if (broken) {
    lose(Error{Errc::kIo, source_->description() + " reports an error"});
  }
}

/// Of several queued frames the newest, because a late picture is worth less than none. H.264 frames build on one
/// another and are all taken.
Result<std::optional<video::Frame>> VideoPipeline::read_newest() {
  auto frame = source_->read_frame(monotonic_now());
  if (source_->format().pixel == video::PixelFormat::kH264) return frame;
  for (int i = 0; i < kMaxSkipped && frame && *frame && has_more(source_->fd()); ++i) {
    counters_.on_dropped();
    frame = source_->read_frame(monotonic_now());
  }
  return frame;
}

Result<void> VideoPipeline::handle(const video::Frame& frame) {
  const TimePoint begun = monotonic_now();
  last_frame_at_ = begun;
  if (auto applied = apply_control(); !applied) return applied;
  snapshots_.on_frame(frame);
  count_missed(frame);
  auto encoded = tiers_.on_frame(frame, begun);
  counters_.on_damaged_total(tiers_.main().damaged() + damaged_before_ + source_->damaged());
  return encoded;
}

void VideoPipeline::hand_on(rtp::FramePacketsPtr packets) {
  if (packets->tier == rtp::Tier::kMain) {
    backoff_.reset();
    report_description();
    const TierEncoder::Coded& coded = tiers_.main().last_coded();
    counters_.on_frame(coded.bytes, coded.keyframe, monotonic_now() - last_frame_at_);
  }
  hooks_.on_frame(std::move(packets));
}

void VideoPipeline::count_missed(const video::Frame& frame) {
  if (last_number_ && frame.number > *last_number_ + 1) counters_.on_missed(frame.number - *last_number_ - 1);
  last_number_ = frame.number;
}

Result<void> VideoPipeline::apply_control() {
  for (const rtp::Tier tier : {rtp::Tier::kMain, rtp::Tier::kLow}) {
    if (keyframe_wanted_[rtp::index(tier)].exchange(false, std::memory_order_relaxed)) tiers_.request_keyframe(tier);
  }
  const std::int64_t low_bps = low_bitrate_bps_.load(std::memory_order_relaxed);
  tiers_.set_low_bitrate(low_bps == kNoLow ? std::nullopt : std::optional(Bitrate::bps(low_bps)));
  return tiers_.set_main_bitrate(last_frame_at_, Bitrate::bps(bitrate_bps_.load(std::memory_order_relaxed)));
}

void VideoPipeline::report_description() {
  auto stream = tiers_.main().description();
  if (!stream || stream == reported_) return;
  reported_ = stream;
  outage_.reset();
  suspected_.reset();
  watch_.reset();
  hooks_.on_event(PipelineStarted{source_->description(), source_->format(), std::move(*stream)});
}

}  // namespace perch::codec
