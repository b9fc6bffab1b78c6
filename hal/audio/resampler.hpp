// Changes the sample rate: a windowed-sinc interpolator with any ratio, which may be bent a little while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace perch::audio {

/// Linear phase, about 85 dB of stop band, flat to 0.8 of the lower Nyquist frequency. Output sample k is the input at
/// exactly position k × in_rate / out_rate: the filter's delay only says how much input is still missing.
/// Floats, channels interleaved. Single thread; allocates only until its buffer has grown to the largest block.
class Resampler {
 public:
  Resampler(int in_rate, int out_rate, int channels);

  /// Input frames per output frame in relation to the nominal ratio: 1.001 consumes the input a thousandth faster.
  /// Meant for clock drift: within ±5 % the filter is still right.
  void set_speed(double speed) { step_ = nominal_step_ * speed; }
  /// Takes whole frames and appends the output that is complete.
  void process(std::span<const float> in, std::vector<float>& out);
  /// Where in the input the next output sample lies [input frames, 0 = the first ever taken]. Not whole as a rule.
  [[nodiscard]] double next_position() const { return static_cast<double>(base_) + position_; }
  /// Input that must follow a sample before it comes out [input frames].
  [[nodiscard]] std::size_t lookahead() const { return half_; }

 private:
  void append_frame(std::vector<float>& out) const;

  std::size_t channels_;
  double nominal_step_;
  double step_;
  std::size_t half_;            // taps on each side
  std::vector<float> table_;    // (kPhases + 1) rows of 2 × half_ taps
  std::vector<float> history_;  // input that is still needed
  std::int64_t base_;           // input position of history_[0]
  double position_;             // of the next output, relative to history_[0]
};

}  // namespace perch::audio
