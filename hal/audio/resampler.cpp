// See resampler.hpp.
#include "hal/audio/resampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace perch::audio {
namespace {

// Between two of 256 rows a straight line is off by at most (π / 256)² / 8 of a tap: -94 dB.
constexpr std::size_t kPhases = 256;
constexpr double kHalfTaps = 24;  // per side, at the lower of the two rates
constexpr double kBeta = 8.5;     // Kaiser: about 85 dB
// Middle of the transition band, in units of the lower Nyquist frequency. Its width is (85 - 8) / (2.285 × 2π × 24).
constexpr double kCutoff = 0.92;

// Modified Bessel function of the first kind, order 0, by its series.
double bessel_i0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; term > sum * 1e-12; ++k) {
    term *= (x / 2 / k) * (x / 2 / k);
    sum += term;
  }
  return sum;
}

double windowed_sinc(double x, double half, double cutoff) {
  const double edge = x / half;
  if (std::abs(edge) >= 1) return 0;
  const double window = bessel_i0(kBeta * std::sqrt(1 - edge * edge)) / bessel_i0(kBeta);
  const double angle = std::numbers::pi * x * cutoff;
  return (std::abs(angle) < 1e-9 ? 1 : std::sin(angle) / angle) * cutoff * window;
}

// Row p holds the taps for an output that lies p / kPhases behind an input sample. Each row's sum is made 1, so that a
// constant stays one.
std::vector<float> make_table(std::size_t half, double cutoff) {
  const std::size_t taps = 2 * half;
  std::vector<float> table((kPhases + 1) * taps);
  std::vector<double> row(taps);
  for (std::size_t phase = 0; phase <= kPhases; ++phase) {
    double sum = 0;
    for (std::size_t i = 0; i < taps; ++i) {
      const double distance =
          static_cast<double>(i) - static_cast<double>(half - 1) - static_cast<double>(phase) / kPhases;
      row[i] = windowed_sinc(distance, static_cast<double>(half), cutoff);
      sum += row[i];
    }
    for (std::size_t i = 0; i < taps; ++i) table[phase * taps + i] = static_cast<float>(row[i] / sum);
  }
  return table;
}

}  // namespace

Resampler::Resampler(int in_rate, int out_rate, int channels)
    : channels_(static_cast<std::size_t>(channels)),
      nominal_step_(static_cast<double>(in_rate) / out_rate),
      step_(nominal_step_),
      half_(static_cast<std::size_t>(std::ceil(kHalfTaps * std::max(1.0, nominal_step_)))),
      table_(make_table(half_, kCutoff / std::max(1.0, nominal_step_))),
      history_((half_ - 1) * channels_, 0.0F),
      base_(1 - static_cast<std::int64_t>(half_)),
      position_(static_cast<double>(half_ - 1)) {}

void Resampler::process(std::span<const float> in, std::vector<float>& out) {
  history_.insert(history_.end(), in.begin(), in.end());
  const std::size_t frames = history_.size() / channels_;
  for (; static_cast<std::size_t>(position_) + half_ < frames; position_ += step_) append_frame(out);
  const std::size_t first_needed = std::min(static_cast<std::size_t>(position_) - (half_ - 1), frames);
  history_.erase(history_.begin(), history_.begin() + static_cast<std::ptrdiff_t>(first_needed * channels_));
  base_ += static_cast<std::int64_t>(first_needed);
  position_ -= static_cast<double>(first_needed);
}

void Resampler::append_frame(std::vector<float>& out) const {
  const auto whole = static_cast<std::size_t>(position_);
  const double phase = (position_ - static_cast<double>(whole)) * kPhases;
  const auto row = static_cast<std::size_t>(phase);
  const auto weight = static_cast<float>(phase - static_cast<double>(row));
  const std::size_t taps = 2 * half_;
  const float* near = &table_[row * taps];
  const float* far = near + taps;
  const float* in = &history_[(whole - (half_ - 1)) * channels_];
  std::array<float, 2> sums{};
  for (std::size_t i = 0; i < taps; ++i) {
    const float tap = near[i] + weight * (far[i] - near[i]);
    for (std::size_t channel = 0; channel < channels_; ++channel) sums[channel] += tap * *in++;
  }
  out.insert(out.end(), sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(channels_));
}

}  // namespace perch::audio
