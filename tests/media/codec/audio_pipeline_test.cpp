#include "media/codec/audio_pipeline.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/media/codec/audio_fakes.hpp"
#include "tests/media/codec/audio_samples.hpp"

namespace perch::codec {
namespace {

using test::Collected;
using test::FakeMicrophone;

constexpr TimePoint kStart{seconds(100)};

struct Outcome {
  Collected<rtp::FramePacketsPtr> frames;
  Collected<AudioEvent> events;
  AudioPipeline::Hooks hooks(FakeMicrophone& microphone) {
    return {[&microphone](const audio::SourceRequest&) { return microphone.open(); },
            [this](rtp::FramePacketsPtr packets) { frames.add(std::move(packets)); },
            [this](AudioEvent event) { events.add(std::move(event)); }};
  }
  [[nodiscard]] bool lost(std::size_t i, Errc code) const {
    const AudioEvent event = events.at(i);
    const auto* lost = std::get_if<AudioLost>(&event);
    return lost != nullptr && lost->error.code == code;
  }
  [[nodiscard]] bool started(std::size_t i) const { return std::holds_alternative<AudioStarted>(events.at(i)); }
};

std::unique_ptr<AudioPipeline> pipeline_of(FakeMicrophone& microphone, Outcome& outcome, Duration stall = seconds(30)) {
  AudioPipeline::Config config;
  config.timing = {milliseconds(1), milliseconds(4), stall};
  config.timestamp_offset = 7;
  return AudioPipeline::create(config, outcome.hooks(microphone)).value();
}

TEST(AudioPipeline, TurnsBlocksIntoPacketsAndSaysWhatItStarted) {
  FakeMicrophone microphone(2);
  Outcome outcome;
  const auto pipeline = pipeline_of(microphone, outcome);
  ASSERT_TRUE(outcome.events.wait_for(1));
  ASSERT_TRUE(outcome.started(0));
  EXPECT_EQ(std::get<AudioStarted>(outcome.events.at(0)).source, "fake microphone");
  EXPECT_EQ(std::get<AudioStarted>(outcome.events.at(0)).format.channels, 2);
  for (int n = 0; n < 5; ++n) microphone.push(std::vector<std::int16_t>(1920), kStart + n * milliseconds(20));
  ASSERT_TRUE(outcome.frames.wait_for(5));
  EXPECT_EQ(outcome.frames.at(0)->timestamp.value, 7U);
  EXPECT_EQ(outcome.frames.at(4)->timestamp.value, 7U + 4 * 960);
  EXPECT_EQ(outcome.frames.at(4)->captured_at, kStart + milliseconds(80));
  EXPECT_EQ(pipeline->stats().opened, 1U);
}

TEST(AudioPipeline, ReportsALostMicrophoneOnceAndGoesOnAfterReplug) {
  FakeMicrophone microphone;
  Outcome outcome;
  const auto pipeline = pipeline_of(microphone, outcome);
  microphone.push(test::sine(1000, 960), kStart);
  ASSERT_TRUE(outcome.frames.wait_for(1));
  microphone.pull_out();
  ASSERT_TRUE(outcome.events.wait_for(2));
  EXPECT_TRUE(outcome.lost(1, Errc::kNotFound));
  microphone.plug_in();
  microphone.push(test::sine(1000, 960), kStart + seconds(2));
  ASSERT_TRUE(outcome.frames.wait_for(2));
  ASSERT_TRUE(outcome.events.wait_for(3));
  EXPECT_TRUE(outcome.started(2));
  EXPECT_EQ(outcome.frames.at(1)->first_index, outcome.frames.at(0)->end_index());
  EXPECT_EQ(outcome.frames.at(1)->timestamp.value, 7U + 96'000) << "the outage shows in the timestamps";
  EXPECT_EQ(pipeline->stats().opened, 2U);
  EXPECT_EQ(outcome.events.size(), 3U);
}

TEST(AudioPipeline, AMicrophoneThatIsMissingAtTheStartIsWaitedFor) {
  FakeMicrophone microphone;
  microphone.pull_out();
  Outcome outcome;
  const auto pipeline = pipeline_of(microphone, outcome);
  ASSERT_TRUE(outcome.events.wait_for(1));
  EXPECT_TRUE(outcome.lost(0, Errc::kNotFound));
  microphone.plug_in();
  microphone.push(test::sine(1000, 960), kStart);
  ASSERT_TRUE(outcome.frames.wait_for(1));
  EXPECT_TRUE(outcome.started(1));
}

TEST(AudioPipeline, OpensASilentCardAgain) {
  FakeMicrophone microphone;
  Outcome outcome;
  const auto pipeline = pipeline_of(microphone, outcome, milliseconds(20));
  ASSERT_TRUE(outcome.events.wait_for(2));
  EXPECT_TRUE(outcome.lost(1, Errc::kUnavailable));
  microphone.push(test::sine(1000, 960), kStart);
  ASSERT_TRUE(outcome.frames.wait_for(1));
  ASSERT_TRUE(outcome.events.wait_for(3));
  EXPECT_TRUE(outcome.started(2));
  EXPECT_GE(pipeline->stats().opened, 2U);
}

TEST(AudioPipeline, CountsLostSoundAndLetsTheTimestampsJump) {
  FakeMicrophone microphone;
  Outcome outcome;
  const auto pipeline = pipeline_of(microphone, outcome);
  microphone.push(test::sine(1000, 960), kStart);
  microphone.push(test::sine(1000, 960), kStart + milliseconds(500), true);
  microphone.push(test::sine(1000, 960), kStart + milliseconds(520));
  ASSERT_TRUE(outcome.frames.wait_for(3));
  EXPECT_EQ(outcome.frames.at(1)->timestamp.value, 7U + 24'000);
  EXPECT_EQ(outcome.frames.at(2)->timestamp.value, 7U + 24'960);
  // The counters are a little behind the packets: another block, and they are there.
  microphone.push(test::sine(1000, 960), kStart + milliseconds(540));
  ASSERT_TRUE(outcome.frames.wait_for(4));
  while (pipeline->stats().overruns == 0) std::this_thread::yield();
  EXPECT_EQ(pipeline->stats().overruns, 1U);
  EXPECT_EQ(pipeline->stats().frames, 4U);
}

TEST(AudioPipeline, ClosesTheMicrophoneWhenDestroyedWhateverItWaitsFor) {
  FakeMicrophone microphone;
  for (const bool plugged : {true, false}) {
    if (!plugged) microphone.pull_out();
    Outcome outcome;
    AudioPipeline::Config config;
    config.timing = {seconds(3600), seconds(3600), seconds(3600)};
    auto pipeline = AudioPipeline::create(config, outcome.hooks(microphone)).value();
    ASSERT_TRUE(outcome.events.wait_for(1));
    pipeline.reset();
    EXPECT_FALSE(microphone.is_open());
  }
}

TEST(AudioPipeline, TheToneComesOutAsOpus) {
  Outcome outcome;
  AudioPipeline::Hooks hooks;
  hooks.on_frame = [&](rtp::FramePacketsPtr packets) { outcome.frames.add(std::move(packets)); };
  hooks.on_event = [&](AudioEvent event) { outcome.events.add(std::move(event)); };
  const auto pipeline = AudioPipeline::create({}, hooks).value();
  ASSERT_TRUE(outcome.frames.wait_for(3));
  EXPECT_EQ(std::get<AudioStarted>(outcome.events.at(0)).source, "tone");
  EXPECT_EQ(outcome.frames.at(2)->captured_at - outcome.frames.at(1)->captured_at, milliseconds(20));
}

}  // namespace
}  // namespace perch::codec
