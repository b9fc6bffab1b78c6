#include <gtest/gtest.h>

#include <algorithm>

#include "media/codec/opus_decoder.hpp"
#include "media/codec/opus_encoder.hpp"
#include "tests/media/codec/audio_samples.hpp"

namespace perch::codec {
namespace {

using test::kLoudness;
using test::loudness;
using test::share_of;
using test::sine;
using test::sine_packets;

using Samples = std::vector<std::int16_t>;

void append(Samples& to, const Result<std::span<const std::int16_t>>& samples) {
  ASSERT_TRUE(samples) << samples.error().message();
  to.insert(to.end(), samples->begin(), samples->end());
}

TEST(Opus, AToneSurvives) {
  const auto decoder = SpeechDecoder::create(1).value();
  Samples heard;
  for (const Bytes& packet : sine_packets(1000, 50)) append(heard, decoder->decode(packet));
  ASSERT_EQ(heard.size(), 50 * kOpusFrame);
  const auto settled = std::span(heard).subspan(9600, 19'200);
  EXPECT_GT(share_of(1000, settled), 0.99);
  EXPECT_NEAR(loudness(settled), kLoudness / std::sqrt(2), kLoudness / 10);
}

TEST(Opus, DecodesToAsManyChannelsAsTheLoudspeakerHas) {
  const auto decoder = SpeechDecoder::create(2).value();
  Samples heard;
  for (const Bytes& packet : sine_packets(1000, 5)) append(heard, decoder->decode(packet));
  ASSERT_EQ(heard.size(), 5 * 2 * kOpusFrame);
  for (std::size_t i = 0; i < heard.size(); i += 2) ASSERT_EQ(heard[i], heard[i + 1]);
}

TEST(Opus, KeepsToItsBitrate) {
  std::size_t bytes = 0;
  for (const Bytes& packet : sine_packets(440, 100)) bytes += packet.size();
  EXPECT_LT(bytes * 8 / 2, 40'000U) << "32 kbit/s were asked for";
}

TEST(Opus, RestoresALostFrameFromTheNextPacket) {
  const auto packets = sine_packets(500, 60, 0.2);
  // A decoder that never gets the odd packets and replaces the even ones by their copies: what it knows of the tone,
  // it knows from those.
  const auto decoder = SpeechDecoder::create(1).value();
  Samples restored;
  for (std::size_t n = 20; n < 50; ++n) append(restored, decoder->recover(packets[n + 1], kOpusFrame));
  const auto settled = std::span(restored).subspan(9600, 14'400);
  EXPECT_GT(loudness(settled), kLoudness / 4);
}

TEST(Opus, CarriesNoCopiesWhenNothingGetsLost) {
  const auto decoder = SpeechDecoder::create(1).value();
  Samples made_up;
  for (const Bytes& packet : sine_packets(500, 50, 0)) append(made_up, decoder->recover(packet, kOpusFrame));
  EXPECT_LT(loudness(made_up), kLoudness / 100);
}

TEST(Opus, ConcealmentGoesOnAndFadesOut) {
  const auto decoder = SpeechDecoder::create(1).value();
  for (const Bytes& packet : sine_packets(500, 30)) ASSERT_TRUE(decoder->decode(packet));
  const auto first = decoder->conceal(kOpusFrame);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), kOpusFrame);
  EXPECT_GT(loudness(*first), kLoudness / 4);
  for (int n = 0; n < 50; ++n) ASSERT_TRUE(decoder->conceal(kOpusFrame));
  EXPECT_LT(loudness(*decoder->conceal(kOpusFrame)), kLoudness / 100);
}

TEST(Opus, DtxLeavesOutSilenceAndNothingElse) {
  const auto encoder = SpeechEncoder::create({.dtx = true}).value();
  const Samples quiet(kOpusFrame, 0);
  std::size_t left_out = 0;
  for (int n = 0; n < 100; ++n) left_out += encoder->encode(quiet).value().empty();
  EXPECT_GT(left_out, 60U);
  left_out = 0;
  for (std::size_t n = 0; n < 50; ++n) left_out += encoder->encode(sine(700, kOpusFrame, n * kOpusFrame))->empty();
  EXPECT_EQ(left_out, 0U);
}

TEST(Opus, WithoutDtxEverythingIsSent) {
  const auto encoder = SpeechEncoder::create({}).value();
  for (int n = 0; n < 100; ++n) EXPECT_FALSE(encoder->encode(Samples(kOpusFrame, 0))->empty());
}

TEST(Opus, RefusesFramesOfAnotherLength) {
  const auto encoder = SpeechEncoder::create({}).value();
  for (const std::size_t size : {std::size_t{0}, kOpusFrame - 1, 2 * kOpusFrame})
    EXPECT_FALSE(encoder->encode(Samples(size, 0)));
}

TEST(Opus, RefusesSettingsThatMakeNoSense) {
  EXPECT_FALSE(SpeechEncoder::create({.channels = 3}));
  EXPECT_FALSE(SpeechEncoder::create({.complexity = 11}));
  EXPECT_FALSE(SpeechDecoder::create(0));
}

TEST(Opus, ExpectedLossOfAnyKindIsTaken) {
  const auto encoder = SpeechEncoder::create({}).value();
  for (const double loss : {-1.0, 0.0, 0.5, 7.0, static_cast<double>(NAN)}) {
    encoder->set_expected_loss(loss);
    EXPECT_TRUE(encoder->encode(Samples(kOpusFrame, 0)));
  }
}

TEST(Opus, TellsDurationsFromTheFirstBytes) {
  // RFC 6716 §3.1: configuration, stereo, frame count code.
  EXPECT_EQ(opus_duration(Bytes{0x08, 0}), 960U) << "SILK, 20 ms";
  EXPECT_EQ(opus_duration(Bytes{0x18, 0}), 2880U) << "SILK, 60 ms";
  EXPECT_EQ(opus_duration(Bytes{0xe0, 0}), 120U) << "CELT, 2.5 ms";
  EXPECT_EQ(opus_duration(Bytes{0x09, 0, 0}), 1920U) << "two frames";
  EXPECT_FALSE(opus_duration({}));
  EXPECT_FALSE(opus_duration(Bytes{0x0b})) << "a count of frames is promised and missing";
  EXPECT_FALSE(opus_duration(Bytes{0x1b, 0x3f})) << "63 frames of 60 ms";
}

TEST(Opus, PacketsCutAnywhereAreErrorsOrSound) {
  const auto decoder = SpeechDecoder::create(1).value();
  const Bytes packet = sine_packets(1000, 10, 0.2).back();
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const auto samples = decoder->decode(ByteView(packet).first(size));
    EXPECT_TRUE(!samples || samples->size() == kOpusFrame) << size;
    const auto restored = decoder->recover(ByteView(packet).first(size), kOpusFrame);
    EXPECT_TRUE(!restored || restored->size() == kOpusFrame) << size;
  }
}

}  // namespace
}  // namespace perch::codec
