// Playback into snd-aloop: what is written comes out of the other end.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <thread>

#include "hal/audio/alsa_capture.hpp"
#include "hal/audio/alsa_playback.hpp"
#include "tests/device/audio_probe.hpp"
#include "tests/device/loopback_card.hpp"
#include "tests/media/codec/audio_samples.hpp"

namespace perch::audio {
namespace {

constexpr const char* kSpeaker = "hw:Loopback,0,1";
constexpr const char* kEar = "hw:Loopback,1,1";

/// Writes a hum as a pipeline would: a little at a time, and only what there is room for.
class Hummer {
 public:
  explicit Hummer(AudioSink& sink) : sink_(sink) {}
  /// Keeps about 45 ms in stock: two blocks of the ear, by which the tests are paced.
  [[nodiscard]] Result<void> write_due() {
    const TimePoint now = monotonic_now();
    auto room = sink_.writable(now);
    if (!room) return fail(room.error());
    while (sink_.delay() < milliseconds(45) && *room >= 480) {
      auto samples = codec::test::sine(700, 480, at_);
      at_ += samples.size();
      *room -= samples.size();
      if (auto written = sink_.write(now, samples); !written) return written;
    }
    return {};
  }

 private:
  AudioSink& sink_;
  std::size_t at_ = 0;
};

std::vector<std::int16_t> hum_and_listen(AudioSink& sink, AudioSource& ear, std::size_t frames) {
  Hummer hummer(sink);
  std::vector<std::int16_t> heard;
  while (heard.size() < frames) {
    const auto written = hummer.write_due();
    EXPECT_TRUE(written) << (written ? "" : written.error().message());
    const auto block = next_block(ear);
    if (!written || !block) break;
    heard.insert(heard.end(), block->samples.begin(), block->samples.end());
  }
  return heard;
}

void expect_hum(const std::vector<std::int16_t>& heard) {
  ASSERT_GE(heard.size(), 72'000U);
  const auto settled = std::span(heard).subspan(24'000, 48'000);
  EXPECT_GT(codec::test::typical_share_of(700, settled), 0.98);
  EXPECT_NEAR(codec::test::typical_loudness(settled), codec::test::kLoudness / std::sqrt(2), 300);
}

TEST(AlsaPlayback, WhatIsWrittenIsHeard) {
  const auto sink = open_alsa_playback(kSpeaker);
  ASSERT_TRUE(sink) << sink.error().message();
  EXPECT_EQ((*sink)->format(), (AudioFormat{48'000, 1}));
  const auto ear = open_alsa_capture(kEar, 1);
  ASSERT_TRUE(ear) << ear.error().message();
  expect_hum(hum_and_listen(**sink, **ear, 72'000));
  EXPECT_LT((*sink)->delay(), milliseconds(60));
}

TEST(AlsaPlayback, ReachesACardOfAnotherRateAndFormat) {
  // Somebody else has the cable's other lanes set to 44.1 kHz, 32 bits: the playing end must take it. The ear is opened
  // through a player's twin: capture first, with the format forced by a short-lived player.
  auto first = LoopbackPlayer::start(kSpeaker, {44'100, 2, true}, hum(1));
  ASSERT_TRUE(first) << first.error().message();
  const auto ear = open_alsa_capture(kEar, 1);
  ASSERT_TRUE(ear) << ear.error().message();
  first->reset();
  const auto sink = open_alsa_playback(kSpeaker);
  ASSERT_TRUE(sink) << sink.error().message();
  EXPECT_EQ((*sink)->format(), (AudioFormat{48'000, 2}));
  // Mono hum into two channels: each sample twice.
  std::size_t at = 0;
  std::vector<std::int16_t> heard;
  while (heard.size() < 72'000) {
    auto room = (*sink)->writable(monotonic_now());
    ASSERT_TRUE(room) << room.error().message();
    while ((*sink)->delay() < milliseconds(45) && *room >= 480) {
      std::vector<std::int16_t> both;
      for (const std::int16_t sample : codec::test::sine(700, 480, at)) both.insert(both.end(), {sample, sample});
      ASSERT_TRUE((*sink)->write(monotonic_now(), both));
      at += 480;
      *room -= 480;
    }
    const auto block = next_block(**ear);
    ASSERT_TRUE(block) << block.error().message();
    heard.insert(heard.end(), block->samples.begin(), block->samples.end());
  }
  expect_hum(heard);
}

TEST(AlsaPlayback, AnUnderrunIsCountedAndPlayedOver) {
  const auto sink = open_alsa_playback(kSpeaker);
  const auto ear = open_alsa_capture(kEar, 1);
  ASSERT_TRUE(sink && ear);
  (void)hum_and_listen(**sink, **ear, 9600);
  const auto before = (*sink)->underruns();
  usleep(300'000);  // the writer is away; the card has 60 ms at most
  ASSERT_TRUE((*sink)->writable(monotonic_now()));
  EXPECT_EQ((*sink)->underruns(), before + 1);
  EXPECT_EQ((*sink)->delay(), Duration{});
  expect_hum(hum_and_listen(**sink, **ear, 96'000));
}

TEST(AlsaPlayback, RestIsNoUnderrun) {
  const auto sink = open_alsa_playback(kSpeaker);
  ASSERT_TRUE(sink);
  Hummer hummer(**sink);
  ASSERT_TRUE(hummer.write_due());
  (*sink)->rest();
  usleep(200'000);
  ASSERT_TRUE(hummer.write_due());
  EXPECT_EQ((*sink)->underruns(), 0U);
  EXPECT_GT((*sink)->delay(), Duration{});
}

TEST(AlsaPlayback, NeverTakesMoreThanThereIsRoomForNorBlocks) {
  const auto sink = open_alsa_playback(kSpeaker);
  ASSERT_TRUE(sink);
  const auto room = (*sink)->writable(monotonic_now());
  ASSERT_TRUE(room);
  ASSERT_TRUE((*sink)->write(monotonic_now(), std::vector<std::int16_t>(*room)));
  EXPECT_LT(*(*sink)->writable(monotonic_now()), *room / 2);
}

TEST(AlsaPlayback, AnUnpluggedSpeakerIsGone) {
  auto opened = open_alsa_playback(kSpeaker);
  ASSERT_TRUE(opened);
  std::unique_ptr<AudioSink> sink = std::move(*opened);
  Hummer hummer(*sink);
  bool unplugged = false;
  std::thread cable([&] { unplugged = unplug_loopback(); });
  const TimePoint deadline = monotonic_now() + milliseconds(kPatience_ms);
  Result<void> written;
  while (written && monotonic_now() < deadline) written = hummer.write_due();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::kNotFound) << written.error().message();
  sink.reset();
  cable.join();
  ASSERT_TRUE(unplugged);
  ASSERT_TRUE(plug_in_loopback());
  EXPECT_TRUE(open_alsa_playback(kSpeaker));
}

}  // namespace
}  // namespace perch::audio
