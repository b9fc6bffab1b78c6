#include "hal/audio/resampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace perch::audio {
namespace {

double sine(double hz, double position, int rate) {
  return 0.8 * std::sin(2 * std::numbers::pi * hz * position / rate);
}

std::vector<float> tone(double hz, int rate, std::size_t frames) {
  std::vector<float> samples(frames);
  for (std::size_t i = 0; i < frames; ++i) samples[i] = static_cast<float>(sine(hz, static_cast<double>(i), rate));
  return samples;
}

double db(double ratio) { return 10 * std::log10(ratio); }

struct RateCase {
  int in_rate;
  int out_rate;
  double hz;
};
class ResamplerRates : public testing::TestWithParam<RateCase> {};

// Output sample k must be the sine at exactly k × in / out: that checks frequency, amplitude, noise and delay at once.
TEST_P(ResamplerRates, GivesTheSineAtItsExactPlaceWithLittleNoise) {
  const auto [in_rate, out_rate, hz] = GetParam();
  Resampler resampler(in_rate, out_rate, 1);
  std::vector<float> out;
  const auto in = tone(hz, in_rate, static_cast<std::size_t>(in_rate) / 2);
  for (std::size_t at = 0; at < in.size(); at += 441)
    resampler.process(std::span(in).subspan(at, std::min<std::size_t>(441, in.size() - at)), out);
  ASSERT_GT(out.size(), static_cast<std::size_t>(out_rate) / 2 - 200);
  double signal = 0, noise = 0;
  for (std::size_t k = 400; k < out.size(); ++k) {
    const double wanted = sine(hz, static_cast<double>(k), out_rate);
    signal += wanted * wanted;
    noise += (out[k] - wanted) * (out[k] - wanted);
  }
  EXPECT_GT(db(signal / noise), 70);
}

INSTANTIATE_TEST_SUITE_P(Cards, ResamplerRates,
                         testing::Values(RateCase{8000, 48'000, 1000}, RateCase{8000, 48'000, 3000},
                                         RateCase{11'025, 48'000, 1000}, RateCase{16'000, 48'000, 6300},
                                         RateCase{22'050, 48'000, 997}, RateCase{32'000, 48'000, 12'000},
                                         RateCase{44'100, 48'000, 1000}, RateCase{44'100, 48'000, 17'000},
                                         RateCase{96'000, 48'000, 1000}, RateCase{192'000, 48'000, 1000},
                                         RateCase{48'000, 44'100, 1000}, RateCase{48'000, 48'000, 15'000}),
                         [](const auto& a_case) {
                           return std::to_string(a_case.param.in_rate) + "To" + std::to_string(a_case.param.out_rate) +
                                  "At" + std::to_string(static_cast<int>(a_case.param.hz));
                         });

double power(const std::vector<float>& samples, std::size_t from) {
  double sum = 0;
  for (std::size_t i = from; i < samples.size(); ++i) sum += static_cast<double>(samples[i]) * samples[i];
  return sum / static_cast<double>(samples.size() - from);
}

TEST(Resampler, RemovesWhatTheLowerRateCannotHold) {
  Resampler resampler(96'000, 48'000, 1);
  std::vector<float> out;
  resampler.process(tone(30'000, 96'000, 48'000), out);
  EXPECT_LT(db(power(out, 400) / 0.32), -75);
}

TEST(Resampler, KeepsAConstant) {
  Resampler resampler(44'100, 48'000, 1);
  std::vector<float> out;
  resampler.process(std::vector<float>(4410, 0.5F), out);
  for (std::size_t i = 100; i < out.size(); ++i) ASSERT_NEAR(out[i], 0.5F, 1e-5F);
}

TEST(Resampler, KeepsChannelsApart) {
  Resampler resampler(44'100, 48'000, 2);
  std::vector<float> in, out;
  for (int i = 0; i < 4410; ++i) in.insert(in.end(), {0.25F, -0.5F});
  resampler.process(in, out);
  ASSERT_EQ(out.size() % 2, 0U);
  for (std::size_t i = 200; i < out.size(); i += 2) {
    ASSERT_NEAR(out[i], 0.25F, 1e-5F);
    ASSERT_NEAR(out[i + 1], -0.5F, 1e-5F);
  }
}

TEST(Resampler, TellsTheInputPositionOfItsNextSample) {
  Resampler resampler(44'100, 48'000, 1);
  std::vector<float> out;
  EXPECT_DOUBLE_EQ(resampler.next_position(), 0);
  for (int block = 0; block < 1000; ++block) {
    resampler.process(std::vector<float>(441), out);
    ASSERT_NEAR(resampler.next_position(), static_cast<double>(out.size()) * 44'100 / 48'000, 1e-6);
  }
  // What is missing is the filter's other half.
  EXPECT_NEAR(441'000 - resampler.next_position(), static_cast<double>(resampler.lookahead()), 1.0);
}

TEST(Resampler, BlockSizesMakeNoDifference) {
  const auto in = tone(1000, 16'000, 4000);
  std::vector<float> at_once, in_pieces;
  Resampler(16'000, 48'000, 1).process(in, at_once);
  Resampler resampler(16'000, 48'000, 1);
  for (const float& sample : in) resampler.process({&sample, 1}, in_pieces);
  // Only the rounding of positions differs, by which one sample may be due a block earlier.
  const std::size_t size = std::min(at_once.size(), in_pieces.size());
  ASSERT_GE(size, 11'928U);
  ASSERT_LE(std::max(at_once.size(), in_pieces.size()), size + 1);
  for (std::size_t i = 0; i < size; ++i) ASSERT_NEAR(at_once[i], in_pieces[i], 1e-5F);
}

TEST(Resampler, FollowsAChangeOfSpeed) {
  Resampler resampler(48'000, 48'000, 1);
  std::vector<float> out;
  resampler.set_speed(1.001);
  resampler.process(tone(1000, 48'000, 480'000), out);
  EXPECT_NEAR(static_cast<double>(out.size()), 480'000 / 1.001, 30);
  // A thousandth more input per output is a tone a thousandth higher.
  std::size_t rising = 0;
  for (std::size_t i = 1000; i < 97'000; ++i) rising += out[i - 1] < 0 && out[i] >= 0;
  EXPECT_NEAR(static_cast<double>(rising), 2002, 1);
}

}  // namespace
}  // namespace perch::audio
