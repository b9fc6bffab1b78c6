// See alsa_playback.hpp.
#include "hal/audio/alsa_playback.hpp"

#include <alsa/asoundlib.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "hal/audio/alsa_device.hpp"
#include "hal/audio/resampler.hpp"

namespace perch::audio {
namespace {

constexpr int kRate = 48'000;
constexpr Duration kPeriod = milliseconds(10);
// Upper limit of what may be queued. How much is queued, and so the delay, is the writer's decision.
constexpr Duration kBuffer = milliseconds(100);

class AlsaPlayback final : public AudioSink {
 public:
  AlsaPlayback(Pcm pcm, const PcmSettings& settings, std::string description)
      : pcm_(std::move(pcm)),
        settings_(settings),
        format_{kRate, std::min(settings.channels, 2)},
        description_(std::move(description)) {
    if (settings.rate != kRate) resampler_.emplace(kRate, settings.rate, format_.channels);
  }

  [[nodiscard]] AudioFormat format() const override { return format_; }
  [[nodiscard]] Result<std::size_t> writable(TimePoint now) override;
  [[nodiscard]] Result<void> write(TimePoint now, std::span<const std::int16_t> samples) override;
  [[nodiscard]] Duration delay() const override;
  void rest() override;
  [[nodiscard]] std::uint64_t underruns() const override { return underruns_; }
  [[nodiscard]] std::string description() const override { return description_; }

 private:
  [[nodiscard]] Result<void> recover(int code);
  [[nodiscard]] Result<void> send();

  Pcm pcm_;
  const PcmSettings settings_;
  const AudioFormat format_;
  const std::string description_;
  std::optional<Resampler> resampler_;
  std::uint64_t underruns_ = 0;
  std::vector<float> floats_, resampled_;
  Bytes raw_;
};

Result<void> AlsaPlayback::recover(int code) {
  if (code == -EAGAIN) return {};
  if (code != -EPIPE && code != -ESTRPIPE) return fail_alsa(description_, code);
  // Just back from a suspend: the card may need time, and until then nothing can be written.
  if (code == -ESTRPIPE && snd_pcm_resume(pcm_.get()) == -EAGAIN) return {};
  ++underruns_;
  if (const int prepared = snd_pcm_prepare(pcm_.get()); prepared < 0) return fail_alsa(description_, prepared);
  return {};
}

Result<std::size_t> AlsaPlayback::writable(TimePoint) {
  snd_pcm_sframes_t room = snd_pcm_avail(pcm_.get());
  if (room < 0) {
    if (auto recovered = recover(static_cast<int>(room)); !recovered) return fail(recovered.error());
    room = snd_pcm_avail(pcm_.get());
    if (room < 0) return 0;
  }
  // In frames of 48 kHz; one less, because a resampler sometimes gives one more.
  const std::int64_t frames = static_cast<std::int64_t>(room) * kRate / settings_.rate;
  return static_cast<std::size_t>(resampler_ ? std::max<std::int64_t>(0, frames - 1) : frames);
}

Result<void> AlsaPlayback::write(TimePoint, std::span<const std::int16_t> samples) {
  floats_.resize(samples.size());
  std::transform(samples.begin(), samples.end(), floats_.begin(), from_s16);
  resampled_.clear();
  if (resampler_) resampler_->process(floats_, resampled_);
  raw_.clear();
  append_bytes(resampler_ ? resampled_ : floats_, format_.channels, settings_.format, settings_.channels, raw_);
  return send();
}

Result<void> AlsaPlayback::send() {
  const std::size_t frames = raw_.size() / settings_.frame_bytes();
  snd_pcm_sframes_t sent = snd_pcm_writei(pcm_.get(), raw_.data(), frames);
  if (sent < 0) {
    if (auto recovered = recover(static_cast<int>(sent)); !recovered) return recovered;
    sent = snd_pcm_writei(pcm_.get(), raw_.data(), frames);
  }
  if (sent < 0 && sent != -EAGAIN) return fail_alsa(description_, static_cast<int>(sent));
  if (snd_pcm_state(pcm_.get()) != SND_PCM_STATE_PREPARED) return {};
  if (const int started = snd_pcm_start(pcm_.get()); started < 0) return fail_alsa(description_, started);
  return {};
}

Duration AlsaPlayback::delay() const {
  snd_pcm_sframes_t queued = 0;
  if (snd_pcm_state(pcm_.get()) != SND_PCM_STATE_RUNNING || snd_pcm_delay(pcm_.get(), &queued) < 0) return {};
  const double lookahead = resampler_ ? static_cast<double>(resampler_->lookahead()) / kRate : 0;
  const double s = static_cast<double>(std::max<snd_pcm_sframes_t>(0, queued)) / settings_.rate + lookahead;
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s));
}

void AlsaPlayback::rest() {
  // Errors show at the next write.
  (void)snd_pcm_drop(pcm_.get());
  (void)snd_pcm_prepare(pcm_.get());
}

}  // namespace

Result<std::unique_ptr<AudioSink>> open_alsa_playback(const std::string& name) {
  auto pcm = open_pcm(name, PcmDirection::kPlayback);
  if (!pcm) return fail(pcm.error());
  const auto settings = configure_pcm(pcm->get(), {1, kPeriod, kBuffer});
  std::string description = describe_pcm(pcm->get(), name);
  if (!settings)
    return fail(settings.error().code, description + ": " + settings.error().context, settings.error().os_error);
  return std::make_unique<AlsaPlayback>(std::move(*pcm), *settings, std::move(description));
}

}  // namespace perch::audio
