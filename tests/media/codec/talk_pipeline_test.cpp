#include "media/codec/talk_pipeline.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/media/codec/audio_fakes.hpp"
#include "tests/media/codec/audio_samples.hpp"

namespace perch::codec {
namespace {

using test::Collected;
using test::FakeLoudspeaker;

constexpr Duration kPatience = seconds(30);  // only a broken pipeline ever takes so long

struct Outcome {
  Collected<TalkEvent> events;
  TalkPipeline::Hooks hooks(FakeLoudspeaker& speaker) {
    return {[&speaker](const std::string&) { return speaker.open(); },
            [this](TalkEvent event) { events.add(std::move(event)); }};
  }
  [[nodiscard]] bool started(std::size_t i) const { return std::holds_alternative<TalkStarted>(events.at(i)); }
};

std::unique_ptr<TalkPipeline> pipeline_of(FakeLoudspeaker& speaker, Outcome& outcome) {
  TalkPipeline::Config config;
  config.retry_first = config.retry_max = Duration{};
  return TalkPipeline::create(config, outcome.hooks(speaker)).value();
}

/// Says a hum in real time until `done`, as the network would: a packet each 20 ms of the clock.
template <class F>
[[nodiscard]] bool hum_until(TalkPipeline& pipeline, F done, int first = 0) {
  static const auto packets = test::sine_packets(500, 100);
  const TimePoint begun = monotonic_now();
  for (int n = 0; monotonic_now() - begun < kPatience;) {
    if (done()) return true;
    if (monotonic_now() < begun + n * milliseconds(20)) {
      std::this_thread::yield();
      continue;
    }
    const int number = first + n++;
    pipeline.push({1,
                   {static_cast<std::uint16_t>(number)},
                   {960 * static_cast<std::uint32_t>(number)},
                   monotonic_now(),
                   packets[static_cast<std::size_t>(number) % packets.size()]});
  }
  return false;
}

bool is_loud(const FakeLoudspeaker& speaker) {
  const auto played = speaker.played();
  return played.size() > 4800 && test::loudness(std::span(played).last(4800)) > test::kLoudness / 2;
}

TEST(TalkPipeline, OpensTheLoudspeakerWithTheFirstPacketAndPlays) {
  FakeLoudspeaker speaker;
  Outcome outcome;
  const auto pipeline = pipeline_of(speaker, outcome);
  EXPECT_EQ(outcome.events.size(), 0U);
  ASSERT_TRUE(hum_until(*pipeline, [&] { return is_loud(speaker); }));
  ASSERT_TRUE(outcome.events.wait_for(1));
  ASSERT_TRUE(outcome.started(0));
  EXPECT_EQ(std::get<TalkStarted>(outcome.events.at(0)).sink, "fake loudspeaker");
  EXPECT_GT(pipeline->stats().packets, 3U);
  EXPECT_GT(pipeline->stats().delay, Duration{});
}

TEST(TalkPipeline, LetsTheCardRestWhenNobodySpeaksAnyMore) {
  FakeLoudspeaker speaker;
  Outcome outcome;
  const auto pipeline = pipeline_of(speaker, outcome);
  ASSERT_TRUE(hum_until(*pipeline, [&] { return is_loud(speaker); }));
  const TimePoint begun = monotonic_now();
  while (speaker.rests() == 0 && monotonic_now() - begun < kPatience) std::this_thread::yield();
  EXPECT_EQ(speaker.rests(), 1);
  ASSERT_TRUE(hum_until(
      *pipeline, [&] { return is_loud(speaker); }, 1000));
  EXPECT_EQ(outcome.events.size(), 1U) << "the loudspeaker stayed open";
}

TEST(TalkPipeline, GivesACardMoreStockThatRunsDry) {
  FakeLoudspeaker speaker;
  Outcome outcome;
  const auto pipeline = pipeline_of(speaker, outcome);
  ASSERT_TRUE(hum_until(*pipeline, [&] { return is_loud(speaker); }));
  EXPECT_LT(speaker.largest_stock(), milliseconds(35)) << "little, as long as that is enough";
  speaker.stumble();
  ASSERT_TRUE(hum_until(
      *pipeline, [&] { return speaker.largest_stock() > milliseconds(35); }, 500));
  EXPECT_LT(speaker.largest_stock(), milliseconds(45)) << "a little more";
  EXPECT_EQ(pipeline->stats().underruns, 1U);
}

TEST(TalkPipeline, ReportsALostLoudspeakerOnceAndGoesOnAfterReplug) {
  FakeLoudspeaker speaker;
  Outcome outcome;
  const auto pipeline = pipeline_of(speaker, outcome);
  ASSERT_TRUE(hum_until(*pipeline, [&] { return is_loud(speaker); }));
  speaker.pull_out();
  ASSERT_TRUE(hum_until(
      *pipeline, [&] { return outcome.events.size() >= 2; }, 2000));
  EXPECT_FALSE(outcome.started(1));
  const auto heard = speaker.played().size();
  speaker.plug_in();
  ASSERT_TRUE(hum_until(
      *pipeline, [&] { return speaker.played().size() > heard + 9600 && is_loud(speaker); }, 4000));
  ASSERT_EQ(outcome.events.size(), 3U);
  EXPECT_TRUE(outcome.started(2));
}

TEST(TalkPipeline, AMissingLoudspeakerIsReportedOnceHoweverManyPacketsCome) {
  FakeLoudspeaker speaker;
  speaker.pull_out();
  Outcome outcome;
  std::atomic<int> tries{0};
  auto hooks = outcome.hooks(speaker);
  hooks.open = [&](const std::string&) {
    ++tries;
    return speaker.open();
  };
  TalkPipeline::Config config;
  config.retry_first = config.retry_max = Duration{};
  const auto pipeline = TalkPipeline::create(config, hooks).value();
  ASSERT_TRUE(hum_until(*pipeline, [&] { return tries >= 5; }));
  EXPECT_EQ(outcome.events.size(), 1U);
}

TEST(TalkPipeline, AFloodIsDroppedWithoutBlocking) {
  FakeLoudspeaker speaker;
  Outcome outcome;
  const auto pipeline = pipeline_of(speaker, outcome);
  for (int n = 0; n < 100'000; ++n)
    pipeline->push(
        {1, {static_cast<std::uint16_t>(n)}, {static_cast<std::uint32_t>(n)}, monotonic_now(), {0x08, 0, 0}});
  ASSERT_TRUE(hum_until(
      *pipeline, [&] { return is_loud(speaker); }, 40'000));
}

TEST(TalkPipeline, EndsWhateverItWaitsFor) {
  FakeLoudspeaker speaker;
  Outcome outcome;
  { const auto never_used = pipeline_of(speaker, outcome); }
  const auto speaking = pipeline_of(speaker, outcome);
  ASSERT_TRUE(hum_until(*speaking, [&] { return is_loud(speaker); }));
}

}  // namespace
}  // namespace perch::codec
