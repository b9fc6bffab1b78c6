// Sound for tests, and what an ear would tell about it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "hal/base/bytes.hpp"
#include "media/codec/opus_encoder.hpp"

namespace perch::codec::test {

inline constexpr double kLoudness = 10'000;

/// Mono, 48 kHz; continues where `at` samples have passed.
inline std::vector<std::int16_t> sine(double hz, std::size_t frames, std::size_t at = 0) {
  std::vector<std::int16_t> samples(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(at + i) / kOpusRate;
    samples[i] = static_cast<std::int16_t>(std::lround(kLoudness * std::sin(2 * std::numbers::pi * hz * t)));
  }
  return samples;
}

/// 1 for sound of that frequency alone, 0 for none of it: the share of the power in it.
inline double share_of(double hz, std::span<const std::int16_t> samples) {
  double in_phase = 0, quadrature = 0, power = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / kOpusRate;
    in_phase += samples[i] * std::cos(angle);
    quadrature += samples[i] * std::sin(angle);
    power += static_cast<double>(samples[i]) * samples[i];
  }
  if (power == 0) return 0;
  return 2 * (in_phase * in_phase + quadrature * quadrature) / static_cast<double>(samples.size()) / power;
}

/// Root of the mean square.
inline double loudness(std::span<const std::int16_t> samples) {
  double power = 0;
  for (const std::int16_t sample : samples) power += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : std::sqrt(power / static_cast<double>(samples.size()));
}

/// Of each piece of 20 ms, and then the median: for sound whose phase may slip, or that may stop for a moment.
template <class F>
double typical(std::span<const std::int16_t> samples, F measure) {
  std::vector<double> values;
  for (std::size_t at = 0; at + kOpusFrame <= samples.size(); at += kOpusFrame)
    values.push_back(measure(samples.subspan(at, kOpusFrame)));
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[values.size() / 2];
}
inline double typical_share_of(double hz, std::span<const std::int16_t> samples) {
  return typical(samples, [hz](std::span<const std::int16_t> piece) { return share_of(hz, piece); });
}
inline double typical_loudness(std::span<const std::int16_t> samples) { return typical(samples, loudness); }

/// `count` Opus packets of 20 ms of a sine.
inline std::vector<Bytes> sine_packets(double hz, std::size_t count, double expected_loss = 0) {
  const auto encoder = SpeechEncoder::create({}).value();
  encoder->set_expected_loss(expected_loss);
  std::vector<Bytes> packets;
  for (std::size_t n = 0; n < count; ++n) {
    const ByteView packet = encoder->encode(sine(hz, kOpusFrame, n * kOpusFrame)).value();
    packets.emplace_back(packet.begin(), packet.end());
  }
  return packets;
}

}  // namespace perch::codec::test
