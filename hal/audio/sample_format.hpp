// Samples as sound cards have them, turned into floats and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hal/base/bytes.hpp"

namespace perch::audio {

/// All little-endian, as on every board and card we know of.
enum class SampleFormat {
  kU8,
  kS16,
  kS24,        ///< in the lower three of four bytes
  kS24Packed,  ///< three bytes
  kS32,
  kFloat,
};

[[nodiscard]] std::size_t bytes_per_sample(SampleFormat format);

/// Interleaved frames of `in_channels` become frames of `out_channels` (1 or 2) in [-1..1], appended to `out`.
/// One channel of two is their mean; of more it is the first, because microphone arrays put the processed sum there.
/// Two of one are two copies. A last frame that is not whole is left out.
void append_floats(ByteView in, SampleFormat format, int in_channels, int out_channels, std::vector<float>& out);

/// The other way: one or two channels become `out_channels`. A single output channel is the mean; channels beyond the
/// second stay silent. Too loud is cut off.
void append_bytes(std::span<const float> in, int in_channels, SampleFormat format, int out_channels, Bytes& out);

/// Rounded, too loud is cut off; not a number is silence.
[[nodiscard]] std::int16_t to_s16(float sample);
[[nodiscard]] inline float from_s16(std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; }

}  // namespace perch::audio
