// Both audio pipelines on snd-aloop: microphone to Opus, and Opus to loudspeaker.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "hal/audio/alsa_capture.hpp"
#include "media/codec/audio_pipeline.hpp"
#include "media/codec/opus_decoder.hpp"
#include "media/codec/talk_pipeline.hpp"
#include "tests/device/audio_probe.hpp"
#include "tests/device/loopback_card.hpp"
#include "tests/media/codec/audio_fakes.hpp"
#include "tests/media/codec/audio_samples.hpp"

namespace perch::codec {
namespace {

using audio::LoopbackPlayer;
using test::Collected;

constexpr const char* kMicrophone = "alsa:hw:Loopback,1,0";

struct Outcome {
  Collected<rtp::FramePacketsPtr> frames;
  Collected<AudioEvent> events;
  [[nodiscard]] std::unique_ptr<AudioPipeline> start() {
    AudioPipeline::Hooks hooks;
    hooks.on_frame = [this](rtp::FramePacketsPtr packets) { frames.add(std::move(packets)); };
    hooks.on_event = [this](AudioEvent event) { events.add(std::move(event)); };
    return AudioPipeline::create({.source = {kMicrophone, 1}}, hooks).value();
  }
};

TEST(AudioPipelines, APlayedToneComesOutAsOpusWithTrueTimes) {
  Outcome outcome;
  const auto player = LoopbackPlayer::start("hw:Loopback,0,0", {}, audio::hum(1000));
  ASSERT_TRUE(player) << player.error().message();
  const auto pipeline = outcome.start();
  ASSERT_TRUE(outcome.frames.wait_for(150));
  const auto decoder = SpeechDecoder::create(1).value();
  std::vector<std::int16_t> heard;
  for (std::size_t n = 0; n < 150; ++n) {
    const auto packets = outcome.frames.at(n);
    const auto samples = decoder->decode(packets->payload(0)).value();
    heard.insert(heard.end(), samples.begin(), samples.end());
    if (n == 0) continue;
    const auto previous = outcome.frames.at(n - 1);
    EXPECT_EQ(packets->first_index, previous->end_index());
    EXPECT_EQ(packets->timestamp.value - previous->timestamp.value, 960U);
    EXPECT_NEAR(static_cast<double>(to_us(packets->captured_at - previous->captured_at)), 20'000, 2000);
  }
  const auto settled = std::span(heard).subspan(48'000, 48'000);
  EXPECT_GT(test::share_of(1000, settled), 0.98);
  EXPECT_NEAR(test::loudness(settled), 16'384 / std::sqrt(2), 1500);
}

TEST(AudioPipelines, AnUnpluggedMicrophoneIsReportedAndComesBack) {
  Outcome outcome;
  const auto pipeline = outcome.start();
  ASSERT_TRUE(outcome.frames.wait_for(5));
  const TimePoint pulled = monotonic_now();
  ASSERT_TRUE(audio::unplug_loopback()) << "the pipeline closes the card, which lets the driver go";
  ASSERT_TRUE(outcome.events.wait_for(2));
  const AudioEvent event = outcome.events.at(1);
  const auto* lost = std::get_if<AudioLost>(&event);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->error.code, Errc::kNotFound) << lost->error.message();
  const std::size_t before = outcome.frames.size();
  const auto last = outcome.frames.at(before - 1);
  ASSERT_TRUE(audio::plug_in_loopback());
  ASSERT_TRUE(outcome.frames.wait_for(before + 5));
  ASSERT_TRUE(outcome.events.wait_for(3));
  const auto first = outcome.frames.at(before);
  EXPECT_EQ(first->first_index, last->end_index());
  EXPECT_GT(first->captured_at, pulled);
  // Timestamps and times agree across the outage.
  const double missing_s = std::chrono::duration<double>(first->captured_at - last->captured_at).count();
  EXPECT_NEAR((first->timestamp.value - last->timestamp.value) / 48'000.0, missing_s, 0.005);
}

TEST(AudioPipelines, WhatIsSaidIsHeardSoon) {
  TalkPipeline::Hooks hooks;
  Collected<TalkEvent> events;
  hooks.on_event = [&](TalkEvent event) { events.add(std::move(event)); };
  const auto pipeline = TalkPipeline::create({.sink = "alsa:hw:Loopback,0,1"}, hooks).value();
  const auto ear = audio::open_alsa_capture("hw:Loopback,1,1", 1);
  ASSERT_TRUE(ear) << ear.error().message();
  const auto packets = test::sine_packets(500, 100);
  std::vector<std::int16_t> heard;
  std::optional<TimePoint> first_sound;
  const TimePoint begun = monotonic_now();
  // The ear's clock paces the speaker: about one packet per 20 ms block, by the time that has passed.
  for (std::uint16_t sent = 0; heard.size() < 144'000;) {
    const auto block = audio::next_block(**ear);
    ASSERT_TRUE(block) << block.error().message();
    const auto loud = std::ranges::find_if(block->samples, [](int sample) { return std::abs(sample) > 1000; });
    if (!first_sound && loud != block->samples.end())
      first_sound = block->captured_at + nanoseconds((loud - block->samples.begin()) * 62'500 / 3);
    heard.insert(heard.end(), block->samples.begin(), block->samples.end());
    for (; begun + sent * milliseconds(20) < monotonic_now(); ++sent)
      pipeline->push({1, {sent}, {960U * sent}, begun + sent * milliseconds(20), packets[sent % packets.size()]});
  }
  ASSERT_TRUE(events.wait_for(1));
  EXPECT_TRUE(std::holds_alternative<TalkStarted>(events.at(0)));
  const auto settled = std::span(heard).subspan(72'000, 48'000);
  // Up to 1 % faster or slower while the delay settles.
  EXPECT_GT(test::typical_share_of(500, settled), 0.9);
  EXPECT_NEAR(test::loudness(settled), test::kLoudness / std::sqrt(2), test::kLoudness / 10);
  ASSERT_TRUE(first_sound);
  RecordProperty("first_sound_us", std::to_string(to_us(*first_sound - begun)));
  RecordProperty("delay_us", std::to_string(to_us(pipeline->stats().delay)));
  EXPECT_LT(pipeline->stats().delay, milliseconds(120));
}

}  // namespace
}  // namespace perch::codec
