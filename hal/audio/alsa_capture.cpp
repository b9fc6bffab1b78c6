// See alsa_capture.hpp.
#include "hal/audio/alsa_capture.hpp"

#include <alsa/asoundlib.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "hal/audio/alsa_device.hpp"
#include "hal/audio/resampler.hpp"
#include "hal/audio/sample_clock.hpp"

namespace perch::audio {
namespace {

constexpr int kRate = 48'000;
constexpr Duration kPeriod = milliseconds(20);   // one wake-up per Opus frame
constexpr Duration kBuffer = milliseconds(320);  // what a stall of ours may last; costs no delay

class AlsaCapture final : public AudioSource {
 public:
  AlsaCapture(Pcm pcm, const PcmSettings& settings, int channels, std::string description)
      : pcm_(std::move(pcm)),
        settings_(settings),
        format_{kRate, std::min(channels, settings.channels)},
        description_(std::move(description)),
        clock_(settings.rate),
        raw_(2 * settings.period * settings.frame_bytes()) {
    if (settings.rate != kRate) resampler_.emplace(settings.rate, kRate, format_.channels);
  }
  [[nodiscard]] Result<void> start();

  [[nodiscard]] AudioFormat format() const override { return format_; }
  [[nodiscard]] std::span<const pollfd> poll_fds() const override { return poll_fds_; }
  [[nodiscard]] std::uint64_t overruns() const override { return overruns_; }
  [[nodiscard]] std::string description() const override { return description_; }
  [[nodiscard]] Result<std::optional<AudioBlock>> read(TimePoint now, std::span<pollfd> polled) override;

 private:
  [[nodiscard]] Result<std::optional<AudioBlock>> recover(int code);
  [[nodiscard]] Result<void> begin_anew();
  void take_stamp(TimePoint now);
  [[nodiscard]] AudioBlock convert(std::size_t frames);

  Pcm pcm_;
  const PcmSettings settings_;
  const AudioFormat format_;
  const std::string description_;
  std::vector<pollfd> poll_fds_;
  SampleClock clock_;
  std::optional<Resampler> resampler_;
  std::int64_t position_ = 0;  // frames read since the clock began
  bool gap_ = false;           // before what comes next
  std::uint64_t overruns_ = 0;
  Bytes raw_;
  std::vector<float> floats_, resampled_;
  std::vector<std::int16_t> samples_;
};

Result<void> AlsaCapture::start() {
  poll_fds_.resize(static_cast<std::size_t>(std::max(0, snd_pcm_poll_descriptors_count(pcm_.get()))));
  const int count = snd_pcm_poll_descriptors(pcm_.get(), poll_fds_.data(), static_cast<unsigned>(poll_fds_.size()));
  if (count < 0) return fail_alsa(description_, count);
  return begin_anew();
}

Result<void> AlsaCapture::begin_anew() {
  int code = snd_pcm_prepare(pcm_.get());
  if (code >= 0) code = snd_pcm_start(pcm_.get());
  if (code < 0) return fail_alsa(description_, code);
  clock_.restart();
  if (resampler_) resampler_.emplace(settings_.rate, kRate, format_.channels);
  position_ = 0;
  return {};
}

Result<std::optional<AudioBlock>> AlsaCapture::recover(int code) {
  if (code == -EAGAIN) return std::nullopt;
  if (code != -EPIPE && code != -ESTRPIPE) return fail_alsa(description_, code);
  // After a suspend some cards need time, and most cannot go on where they were: beginning anew suits both.
  if (code == -ESTRPIPE && snd_pcm_resume(pcm_.get()) == -EAGAIN) return std::nullopt;
  ++overruns_;
  gap_ = true;
  if (auto begun = begin_anew(); !begun) return fail(begun.error());
  return std::nullopt;
}

// How many frames the card has filled, and when it had: read together, so that it does not matter how late we are.
void AlsaCapture::take_stamp(TimePoint now) {
  snd_pcm_uframes_t filled = 0;
  snd_htimestamp_t stamp{};
  if (snd_pcm_htimestamp(pcm_.get(), &filled, &stamp) < 0) return;
  TimePoint at{seconds(stamp.tv_sec) + nanoseconds(stamp.tv_nsec)};
  // Plug-ins may know no stamp, or one of another clock.
  if (at > now + milliseconds(100) || at < now - seconds(1)) at = now;
  if (!clock_.on_stamp(position_ + static_cast<std::int64_t>(filled), at)) gap_ = true;
}

Result<std::optional<AudioBlock>> AlsaCapture::read(TimePoint now, std::span<pollfd> polled) {
  unsigned short events = 0;
  (void)snd_pcm_poll_descriptors_revents(pcm_.get(), polled.data(), static_cast<unsigned>(polled.size()), &events);
  const snd_pcm_sframes_t filled = snd_pcm_avail(pcm_.get());
  if (filled < 0) return recover(static_cast<int>(filled));
  // Less than a period is left for later: reading what trickles in sample by sample would keep us busy for nothing.
  if (static_cast<std::size_t>(filled) < settings_.period) {
    if ((events & (POLLERR | POLLHUP | POLLNVAL)) == 0) return std::nullopt;
    // An error that no call reports would wake us for ever.
    return fail(Errc::kIo, description_ + " reports an error");
  }
  take_stamp(now);
  const auto wanted = std::min(static_cast<std::size_t>(filled), raw_.size() / settings_.frame_bytes());
  const snd_pcm_sframes_t got = snd_pcm_readi(pcm_.get(), raw_.data(), wanted);
  if (got < 0) return recover(static_cast<int>(got));
  AudioBlock block = convert(static_cast<std::size_t>(got));
  if (block.samples.empty()) return std::nullopt;
  block.gap = std::exchange(gap_, false);
  return block;
}

AudioBlock AlsaCapture::convert(std::size_t frames) {
  floats_.clear();
  append_floats(ByteView(raw_).first(frames * settings_.frame_bytes()), settings_.format, settings_.channels,
                format_.channels, floats_);
  double first = static_cast<double>(position_);
  if (resampler_) {
    first = resampler_->next_position();
    resampled_.clear();
    resampler_->process(floats_, resampled_);
  }
  position_ += static_cast<std::int64_t>(frames);
  const std::vector<float>& out = resampler_ ? resampled_ : floats_;
  samples_.resize(out.size());
  std::transform(out.begin(), out.end(), samples_.begin(), to_s16);
  return {samples_, clock_.time_of(first), false};
}

}  // namespace

Result<std::unique_ptr<AudioSource>> open_alsa_capture(const std::string& name, int channels) {
  auto pcm = open_pcm(name, PcmDirection::kCapture);
  if (!pcm) return fail(pcm.error());
  const auto settings = configure_pcm(pcm->get(), {channels, kPeriod, kBuffer});
  std::string description = describe_pcm(pcm->get(), name);
  if (!settings)
    return fail(settings.error().code, description + ": " + settings.error().context, settings.error().os_error);
  auto capture = std::make_unique<AlsaCapture>(std::move(*pcm), *settings, channels, std::move(description));
  if (auto started = capture->start(); !started) return fail(started.error());
  return capture;
}

}  // namespace perch::audio
