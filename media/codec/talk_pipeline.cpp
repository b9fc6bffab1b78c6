// See talk_pipeline.hpp.
#include "media/codec/talk_pipeline.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "hal/base/mailbox.hpp"
#include "hal/base/thread.hpp"
#include "hal/base/unique_fd.hpp"
#include "media/codec/audio_outage.hpp"
#include "media/codec/retry_backoff.hpp"
#include "media/codec/talk_player.hpp"
#include "media/codec/talk_stock.hpp"

namespace perch::codec {
namespace {

constexpr std::size_t kMailbox = 128;               // packets; the jitter buffer holds fewer
constexpr Duration kChunk = milliseconds(10);       // written at once
constexpr Duration kLow = milliseconds(5);          // less than that in stock is an underrun, or the start
constexpr Duration kRestAfter = milliseconds(500);  // of silence

class Pipeline final : public TalkPipeline {
 public:
  Pipeline(Config config, Hooks hooks, UniqueFd wake)
      : config_(std::move(config)),
        hooks_(std::move(hooks)),
        wake_(std::move(wake)),
        backoff_(config_.retry_first, config_.retry_max),
        thread_("talk", [this] { run(); }) {}
  ~Pipeline() override {
    stopped_.store(true, std::memory_order_release);
    (void)eventfd_write(wake_.get(), 1);
    thread_.join();
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void push(TalkPacket packet) override {
    if (mailbox_.put(std::move(packet)) == Mailbox<TalkPacket>::Put::kFirst) (void)eventfd_write(wake_.get(), 1);
  }
  [[nodiscard]] TalkPipelineStats stats() const override {
    const std::lock_guard lock(stats_mutex_);
    return stats_;
  }

 private:
  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  void run();
  void wait(std::optional<Duration> at_most);
  void take_packets();
  void open_sink(TimePoint now);
  void lose(Error error);
  [[nodiscard]] Duration play(TimePoint now);
  [[nodiscard]] Result<Duration> fill(TimePoint now);
  [[nodiscard]] Result<void> write(TimePoint now, Duration queued, Duration length, bool silence);
  void keep_stats();

  const Config config_;
  const Hooks hooks_;
  const UniqueFd wake_;  // eventfd, readable when there are packets or an end
  std::atomic<bool> stopped_{false};
  Mailbox<TalkPacket> mailbox_{kMailbox};
  mutable std::mutex stats_mutex_;
  TalkPipelineStats stats_;

  // The talk thread's own.
  RetryBackoff backoff_;
  TimePoint retry_at_{};
  std::unique_ptr<audio::AudioSink> sink_;
  std::optional<TalkPlayer> player_;
  TalkPipelineStats before_;  // of earlier sinks
  TimePoint last_sound_;
  bool resting_ = true;
  TalkStock stock_;
  AudioOutage outage_;
  std::vector<std::int16_t> samples_;

  Thread thread_;  // last: starts when the rest is there
};

void Pipeline::run() {
  std::optional<Duration> next_look;
  while (!stopped()) {
    wait(next_look);
    if (stopped()) break;
    take_packets();
    next_look.reset();
    if (sink_ && !resting_) next_look = play(monotonic_now());
    keep_stats();
  }
  sink_.reset();
}

void Pipeline::wait(std::optional<Duration> at_most) {
  pollfd entry{wake_.get(), POLLIN, 0};
  const auto whole_ms = at_most ? std::chrono::ceil<milliseconds>(*at_most).count() : -1;
  if (poll(&entry, 1, static_cast<int>(whole_ms)) <= 0) return;
  eventfd_t ignored = 0;
  (void)eventfd_read(wake_.get(), &ignored);
}

void Pipeline::take_packets() {
  auto packets = mailbox_.take_all();
  if (packets.empty()) return;
  const TimePoint now = monotonic_now();
  if (!sink_ && now >= retry_at_) open_sink(now);
  if (!sink_) return;
  for (TalkPacket& packet : packets) player_->push(std::move(packet));
  resting_ = false;
  last_sound_ = now;
}

void Pipeline::open_sink(TimePoint now) {
  auto sink = hooks_.open(config_.sink);
  if (!sink) return lose(std::move(sink.error()));
  auto player = TalkPlayer::create((*sink)->format().channels, config_.volume);
  if (!player) return lose(std::move(player.error()));
  sink_ = std::move(*sink);
  player_.emplace(std::move(*player));
  last_sound_ = now;
  stock_ = TalkStock();
  outage_.end();
  hooks_.on_event(TalkStarted{sink_->description()});
}

void Pipeline::lose(Error error) {
  keep_stats();
  before_ = stats();
  sink_.reset();
  player_.reset();
  resting_ = true;
  retry_at_ = monotonic_now() + backoff_.next();
  if (!outage_.on_failure(error.code)) return;
  hooks_.on_event(TalkLost{std::move(error)});
}

/// Until when the card has enough.
Duration Pipeline::play(TimePoint now) {
  auto queued = fill(now);
  if (!queued) {
    lose(std::move(queued.error()));
    return Duration{};
  }
  backoff_.reset();
  if (!player_->idle()) last_sound_ = now;
  if (now - last_sound_ > kRestAfter) {
    sink_->rest();
    resting_ = true;
  }
  return std::max<Duration>(milliseconds(1), *queued - stock_.wanted());
}

/// What the card then has in stock.
Result<Duration> Pipeline::fill(TimePoint now) {
  const auto room = sink_->writable(now);
  if (!room) return fail(room.error());
  stock_.update(now, sink_->underruns());
  const Duration wanted = stock_.wanted();
  auto left = static_cast<std::int64_t>(*room);
  Duration queued = sink_->delay();
  const std::int64_t chunk = sink_->format().rate * kChunk.count() / Duration(seconds(1)).count();
  // At the start and after an underrun silence comes first, so that the speaker's delay is not eaten up by the stock.
  bool silence = queued < kLow;
  for (; queued < wanted && left >= chunk; left -= chunk) {
    if (auto written = write(now, queued, kChunk, silence); !written) return fail(written.error());
    queued += kChunk;
    silence = silence && queued + kChunk < wanted;
  }
  return queued;
}

Result<void> Pipeline::write(TimePoint now, Duration queued, Duration length, bool silence) {
  const audio::AudioFormat format = sink_->format();
  samples_.assign(
      static_cast<std::size_t>(format.rate * length.count() / Duration(seconds(1)).count() * format.channels), 0);
  if (!silence) player_->pull(now + queued - stock_.wanted(), samples_);
  return sink_->write(now, samples_);
}

void Pipeline::keep_stats() {
  if (!sink_) return;
  const JitterBuffer::Counters counters = player_->counters();
  const std::lock_guard lock(stats_mutex_);
  stats_.packets = before_.packets + counters.packets;
  stats_.late = before_.late + counters.late;
  stats_.concealed = before_.concealed + counters.concealed;
  stats_.recovered = before_.recovered + counters.recovered;
  stats_.underruns = before_.underruns + sink_->underruns();
  stats_.delay = resting_ ? Duration{} : player_->delay() + sink_->delay();
}

}  // namespace

Result<std::unique_ptr<TalkPipeline>> TalkPipeline::create(Config config, Hooks hooks) {
  UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail_errno("making an event descriptor");
  return std::make_unique<Pipeline>(std::move(config), std::move(hooks), std::move(wake));
}

}  // namespace perch::codec
