// See audio_pipeline.hpp.
#include "media/codec/audio_pipeline.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "hal/base/thread.hpp"
#include "hal/base/unique_fd.hpp"
#include "media/codec/audio_outage.hpp"
#include "media/codec/audio_stage.hpp"
#include "media/codec/retry_backoff.hpp"

namespace perch::codec {
namespace {

int poll_timeout_ms(Duration wait) {
  return static_cast<int>(std::max<std::int64_t>(0, std::chrono::ceil<milliseconds>(wait).count()));
}

OpusSettings settings_of(const AudioPipeline::Config& config) {
  return {.channels = config.source.channels, .bitrate = config.bitrate, .dtx = config.dtx};
}

class Pipeline final : public AudioPipeline {
 public:
  Pipeline(Config config, Hooks hooks, UniqueFd wake)
      : config_(std::move(config)),
        hooks_(std::move(hooks)),
        wake_(std::move(wake)),
        stage_(settings_of(config_), config_.timestamp_offset),
        backoff_(config_.timing.retry_first, config_.timing.retry_max),
        thread_("audio", [this] { run(); }) {}
  ~Pipeline() override {
    stopped_.store(true, std::memory_order_release);
    (void)eventfd_write(wake_.get(), 1);
    thread_.join();
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void set_ducked(bool ducked) override { ducked_.store(ducked, std::memory_order_relaxed); }
  void set_expected_loss(double fraction) override { expected_loss_.store(fraction, std::memory_order_relaxed); }
  [[nodiscard]] AudioPipelineStats stats() const override;

 private:
  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  void run();
  void open_source();
  void lose(Error error);
  void retry();
  void wait_for_source();
  void read_all(std::span<pollfd> polled);
  [[nodiscard]] Result<bool> read_one(std::span<pollfd> polled);
  void report_start();
  void count_overruns();

  const Config config_;
  const Hooks hooks_;
  const UniqueFd wake_;  // eventfd, readable once stopped
  std::atomic<bool> stopped_{false};
  std::atomic<bool> ducked_{false};
  std::atomic<double> expected_loss_{0};
  std::atomic<std::uint64_t> frames_{0}, silent_{0}, overruns_{0}, opened_{0};

  // The audio thread's own.
  AudioStage stage_;
  RetryBackoff backoff_;
  std::unique_ptr<audio::AudioSource> source_;
  std::uint64_t source_overruns_ = 0;  // of the open source, already counted
  bool fresh_ = false;                 // no block of this source yet
  bool reported_ = false;              // AudioStarted was said and not taken back
  TimePoint last_block_at_;
  AudioOutage outage_;
  std::vector<pollfd> polled_;
  std::vector<rtp::FramePacketsPtr> packets_;

  Thread thread_;  // last: starts when the rest is there
};

AudioPipelineStats Pipeline::stats() const {
  constexpr auto kAny = std::memory_order_relaxed;
  return {frames_.load(kAny), silent_.load(kAny), overruns_.load(kAny), opened_.load(kAny)};
}

void Pipeline::run() {
  open_source();
  while (!stopped()) {
    if (source_) {
      wait_for_source();
    } else {
      retry();
    }
  }
  source_.reset();
}

void Pipeline::open_source() {
  auto opened = hooks_.open(config_.source);
  if (!opened) return lose(std::move(opened.error()));
  source_ = std::move(*opened);
  ++opened_;
  source_overruns_ = 0;
  fresh_ = true;
  last_block_at_ = monotonic_now();
  if (auto started = stage_.start(source_->format().channels); !started) return lose(std::move(started.error()));
  // After an outage only sound counts as news: some cards open well and then deliver nothing.
  if (!outage_.active()) report_start();
}

void Pipeline::lose(Error error) {
  source_.reset();
  reported_ = false;
  if (!outage_.on_failure(error.code)) return;
  hooks_.on_event(AudioLost{std::move(error)});
}

void Pipeline::retry() {
  pollfd entry{wake_.get(), POLLIN, 0};
  (void)poll(&entry, 1, poll_timeout_ms(backoff_.next()));
  if (!stopped()) open_source();
}

void Pipeline::wait_for_source() {
  const auto fds = source_->poll_fds();
  polled_.assign(fds.begin(), fds.end());
  polled_.push_back({wake_.get(), POLLIN, 0});
  const TimePoint deadline = last_block_at_ + config_.timing.stall;
  const int ready = poll(polled_.data(), polled_.size(), poll_timeout_ms(deadline - monotonic_now()));
  if (stopped()) return;
  if (ready > 0) read_all(std::span(polled_).first(fds.size()));
  if (source_ && monotonic_now() >= last_block_at_ + config_.timing.stall)
    lose(Error{Errc::kUnavailable, source_->description() + " delivers no sound"});
}

void Pipeline::read_all(std::span<pollfd> polled) {
  Result<bool> more = true;
  while (more && *more) more = read_one(polled);
  if (!more) return lose(std::move(more.error()));
  count_overruns();
}

/// Whether there was a block.
Result<bool> Pipeline::read_one(std::span<pollfd> polled) {
  auto block = source_->read(monotonic_now(), polled);
  if (!block) return fail(std::move(block.error()));
  if (!*block) return false;
  last_block_at_ = monotonic_now();
  // Between two sources sound is missing as well.
  (*block)->gap |= std::exchange(fresh_, false);
  stage_.set_ducked(ducked_.load(std::memory_order_relaxed));
  stage_.set_expected_loss(expected_loss_.load(std::memory_order_relaxed));
  packets_.clear();
  if (auto pushed = stage_.push(**block, packets_); !pushed) return fail(std::move(pushed.error()));
  backoff_.reset();
  report_start();
  frames_.store(stage_.counters().frames, std::memory_order_relaxed);
  silent_.store(stage_.counters().silent, std::memory_order_relaxed);
  for (auto& packets : packets_) hooks_.on_frame(std::move(packets));
  return true;
}

void Pipeline::report_start() {
  if (std::exchange(reported_, true)) return;
  outage_.end();
  hooks_.on_event(AudioStarted{source_->description(), source_->format()});
}

void Pipeline::count_overruns() {
  const std::uint64_t total = source_->overruns();
  overruns_.fetch_add(total - std::exchange(source_overruns_, total), std::memory_order_relaxed);
}

}  // namespace

Result<std::unique_ptr<AudioPipeline>> AudioPipeline::create(Config config, Hooks hooks) {
  UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail_errno("making an event descriptor");
  return std::make_unique<Pipeline>(std::move(config), std::move(hooks), std::move(wake));
}

}  // namespace perch::codec
