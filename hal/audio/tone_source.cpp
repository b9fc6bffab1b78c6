// See tone_source.hpp.
#include "hal/audio/tone_source.hpp"

#include <sys/timerfd.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "hal/base/timespec.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::audio {
namespace {

constexpr double kLoudness = 0.5;
constexpr Duration kPatience = milliseconds(200);

Duration since_boot(TimePoint t) { return t.time_since_epoch(); }

class ToneSource final : public AudioSource {
 public:
  ToneSource(UniqueFd timer, int channels, TimePoint start)
      : timer_(std::move(timer)),
        poll_fds_{pollfd{timer_.get(), POLLIN, 0}},
        format_{48'000, channels},
        samples_(static_cast<std::size_t>(format_.rate * channels) * kToneBlock.count() / Duration(seconds(1)).count()),
        next_(start) {}

  [[nodiscard]] AudioFormat format() const override { return format_; }
  [[nodiscard]] std::span<const pollfd> poll_fds() const override { return poll_fds_; }
  [[nodiscard]] std::string description() const override { return "tone"; }
  [[nodiscard]] std::uint64_t overruns() const override { return overruns_; }

  [[nodiscard]] Result<std::optional<AudioBlock>> read(TimePoint now, std::span<pollfd>) override {
    if (now < next_ + kToneBlock) return disarmed_until_due();
    AudioBlock block{samples_, next_, false};
    if (now - next_ > kPatience) {
      const Duration missed = (now - next_) / kToneBlock * kToneBlock - kToneBlock;
      block.captured_at += missed;
      block.gap = true;
      ++overruns_;
    }
    fill_tone(block.captured_at, format_, samples_);
    next_ = block.captured_at + kToneBlock;
    if (auto armed = disarmed_until_due(); !armed) return armed;
    return block;
  }

  /// Not readable until the next block is over. Setting a timer also clears expirations nobody has read.
  [[nodiscard]] Result<std::optional<AudioBlock>> disarmed_until_due() {
    itimerspec spec{};
    spec.it_value = to_timespec(std::chrono::duration_cast<nanoseconds>(since_boot(next_ + kToneBlock)));
    if (timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr) != 0)
      return fail_errno("cannot set the tone's timer");
    return std::optional<AudioBlock>{};
  }

 private:
  const UniqueFd timer_;
  const std::array<pollfd, 1> poll_fds_;
  const AudioFormat format_;
  std::vector<std::int16_t> samples_;
  TimePoint next_;  // first sample of the next block
  std::uint64_t overruns_ = 0;
};

}  // namespace

void fill_tone(TimePoint at, AudioFormat format, std::span<std::int16_t> samples) {
  const std::int64_t into_second_ns = nanoseconds(since_boot(at) % seconds(1)).count();
  const auto channels = static_cast<std::size_t>(format.channels);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t frame = i / channels;
    const double s =
        std::fmod(static_cast<double>(into_second_ns) / 1e9 + static_cast<double>(frame) / format.rate, 1.0);
    const bool beep = s < std::chrono::duration<double>(kBeep).count();
    const double sine = beep ? std::sin(2 * std::numbers::pi * kBeepHz * s) : 0;
    samples[i] = static_cast<std::int16_t>(std::lround(kLoudness * 32767 * sine));
  }
}

Result<std::unique_ptr<AudioSource>> open_tone(int channels, TimePoint now) {
  UniqueFd timer(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!timer) return fail_errno("cannot make a timer for the tone");
  const TimePoint start = now - since_boot(now) % kToneBlock;
  auto source = std::make_unique<ToneSource>(std::move(timer), channels, start);
  if (auto armed = source->disarmed_until_due(); !armed) return fail(armed.error());
  return source;
}

}  // namespace perch::audio
