// The source for those without a microphone, and for measuring: a beep at each full second.
#pragma once

#include "hal/audio/audio_source.hpp"

namespace perch::audio {

/// 1 kHz for the first 100 ms of each full second of the monotonic clock, silence otherwise; the test pattern flashes
/// at the same moments. `at` is the instant of the first sample. Pure.
void fill_tone(TimePoint at, AudioFormat format, std::span<std::int16_t> samples);

inline constexpr Duration kToneBlock = milliseconds(20);
inline constexpr Duration kBeep = milliseconds(100);
inline constexpr int kBeepHz = 1000;

/// Blocks of kToneBlock that begin at multiples of it, each ready when its last sample is over. Blocks that nobody has
/// read for 200 ms are lost, as with a sound card.
[[nodiscard]] Result<std::unique_ptr<AudioSource>> open_tone(int channels, TimePoint now);

}  // namespace perch::audio
