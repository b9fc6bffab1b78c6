// See audio_framer.hpp.
#include "media/codec/audio_framer.hpp"

#include <algorithm>
#include <cmath>

#include "media/codec/opus_encoder.hpp"

namespace perch::codec {
namespace {

Duration duration_of(std::size_t frames) {
  return nanoseconds(static_cast<std::int64_t>(frames) * 1'000'000'000 / kOpusRate);
}

}  // namespace

void AudioFramer::restart(int channels) {
  // What was begun counts as missing: next_at_ stays where it is.
  channels_ = static_cast<std::size_t>(channels);
  samples_.clear();
  taken_ = 0;
}

void AudioFramer::push(const audio::AudioBlock& block) {
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  if (block.gap) samples_.clear();
  if (samples_.empty()) {
    if (block.gap) skip_to(block.captured_at);
    next_at_ = block.captured_at;
  } else {
    // The newest stamp is the best one, also for what came before it.
    next_at_ = block.captured_at - duration_of(buffered());
  }
  samples_.insert(samples_.end(), block.samples.begin(), block.samples.end());
}

// A gap is at least nothing: receivers cannot play backwards.
void AudioFramer::skip_to(TimePoint at) {
  if (!next_at_ || at <= *next_at_) return;
  ticks_ += std::llround(std::chrono::duration<double>(at - *next_at_).count() * kOpusRate);
}

std::optional<AudioFramer::Frame> AudioFramer::next() {
  if (buffered() < kOpusFrame) return std::nullopt;
  const Frame frame{std::span<const std::int16_t>(samples_).subspan(taken_, kOpusFrame * channels_),
                    *next_at_,
                    {static_cast<std::uint32_t>(ticks_)}};
  taken_ += kOpusFrame * channels_;
  ticks_ += kOpusFrame;
  *next_at_ += duration_of(kOpusFrame);
  return frame;
}

}  // namespace perch::codec
