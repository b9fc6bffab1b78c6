// See sample_format.hpp.
#include "hal/audio/sample_format.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace perch::audio {
namespace {

static_assert(std::endian::native == std::endian::little, "samples are read as they lie in memory");

constexpr float kFull32 = 2147483648.0F;  // 2^31

std::uint32_t little_endian(const std::uint8_t* at, std::size_t bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value |= static_cast<std::uint32_t>(at[i]) << (8 * i);
  return value;
}

float to_float(const std::uint8_t* at, SampleFormat format) {
  const std::size_t size = bytes_per_sample(format);
  const std::uint32_t raw = little_endian(at, size);
  switch (format) {
    case SampleFormat::kU8: return (static_cast<float>(raw) - 128.0F) / 128.0F;
    case SampleFormat::kFloat: return std::bit_cast<float>(raw);
    // The highest byte of a 24-bit sample in four is not defined: shifting puts it out of the way.
    case SampleFormat::kS24: return static_cast<float>(static_cast<std::int32_t>(raw << 8)) / kFull32;
    default: return static_cast<float>(static_cast<std::int32_t>(raw << (32 - 8 * size))) / kFull32;
  }
}

// The 32 bits of a full-scale signed sample. Doubles hold them all, floats do not.
std::uint32_t to_bits(float sample) {
  const double clean = std::isnan(sample) ? 0.0 : static_cast<double>(sample);
  return static_cast<std::uint32_t>(
      static_cast<std::int32_t>(std::clamp(std::round(clean * 2147483648.0), -2147483648.0, 2147483647.0)));
}

void append_sample(float sample, SampleFormat format, Bytes& out) {
  const std::size_t size = bytes_per_sample(format);
  std::uint32_t raw = 0;
  switch (format) {
    case SampleFormat::kU8: raw = (to_bits(sample) >> 24) ^ 0x80; break;
    case SampleFormat::kS16: raw = static_cast<std::uint16_t>(to_s16(sample)); break;
    case SampleFormat::kFloat: raw = std::bit_cast<std::uint32_t>(std::isnan(sample) ? 0.0F : sample); break;
    case SampleFormat::kS24:
    case SampleFormat::kS24Packed:
      raw = static_cast<std::uint32_t>(static_cast<std::int32_t>(to_bits(sample)) >> 8);
      break;
    case SampleFormat::kS32: raw = to_bits(sample); break;
  }
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(raw >> (8 * i)));
}

}  // namespace

std::size_t bytes_per_sample(SampleFormat format) {
  switch (format) {
    case SampleFormat::kU8: return 1;
    case SampleFormat::kS16: return 2;
    case SampleFormat::kS24Packed: return 3;
    default: return 4;
  }
}

std::int16_t to_s16(float sample) {
  if (std::isnan(sample)) return 0;
  return static_cast<std::int16_t>(std::lround(std::clamp(sample * 32768.0F, -32768.0F, 32767.0F)));
}

void append_floats(ByteView in, SampleFormat format, int in_channels, int out_channels, std::vector<float>& out) {
  const std::size_t size = bytes_per_sample(format);
  const std::size_t frame = size * static_cast<std::size_t>(in_channels);
  for (std::size_t at = 0; at + frame <= in.size(); at += frame) {
    const float left = to_float(&in[at], format);
    const float right = in_channels == 1 ? left : to_float(&in[at + size], format);
    if (out_channels == 1) {
      out.push_back(in_channels == 2 ? (left + right) / 2 : left);
    } else {
      out.insert(out.end(), {left, right});
    }
  }
}

void append_bytes(std::span<const float> in, int in_channels, SampleFormat format, int out_channels, Bytes& out) {
  const auto step = static_cast<std::size_t>(in_channels);
  for (std::size_t at = 0; at + step <= in.size(); at += step) {
    const float left = in[at];
    const float right = in[at + step - 1];
    append_sample(out_channels == 1 ? (left + right) / 2 : left, format, out);
    if (out_channels > 1) append_sample(right, format, out);
    for (int channel = 2; channel < out_channels; ++channel) append_sample(0, format, out);
  }
}

}  // namespace perch::audio
