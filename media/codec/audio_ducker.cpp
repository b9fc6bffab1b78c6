// See audio_ducker.hpp.
#include "media/codec/audio_ducker.hpp"

#include <algorithm>
#include <cmath>

namespace perch::codec {
namespace {

constexpr float kStep = 1.0F / (48.0F * 10.0F);  // per sample: kRamp at 48 kHz

}  // namespace

void AudioDucker::apply(TimePoint captured_at, int channels, std::span<std::int16_t> samples) {
  if (wanted_) silent_until_ = captured_at + kHold;
  const float target = captured_at < silent_until_ ? 0.0F : 1.0F;
  if (gain_ == 1.0F && target == 1.0F) return;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i % static_cast<std::size_t>(channels) == 0) gain_ += std::clamp(target - gain_, -kStep, kStep);
    samples[i] = static_cast<std::int16_t>(std::lround(gain_ * static_cast<float>(samples[i])));
  }
}

}  // namespace perch::codec
