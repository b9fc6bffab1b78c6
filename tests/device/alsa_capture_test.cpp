// Capture from snd-aloop: the kernel's own ALSA core and timing, with sound that the tests play into the other end.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <thread>

#include "hal/audio/alsa_capture.hpp"
#include "hal/audio/audio_sink.hpp"
#include "tests/device/audio_probe.hpp"
#include "tests/device/loopback_card.hpp"
#include "tests/media/codec/audio_samples.hpp"

namespace perch::audio {
namespace {

// What goes into playback device 0 comes out of capture device 1.
constexpr const char* kSpeaker = "hw:Loopback,0,0";
constexpr const char* kMicrophone = "hw:Loopback,1,0";

std::unique_ptr<AudioSource> open_microphone(const char* name = kMicrophone, int channels = 1) {
  auto source = open_alsa_capture(name, channels);
  EXPECT_TRUE(source) << (source ? "" : source.error().message());
  return source ? std::move(*source) : nullptr;
}

std::unique_ptr<LoopbackPlayer> play(const LoopbackFormat& format, LoopbackPlayer::Sound sound) {
  auto player = LoopbackPlayer::start(kSpeaker, format, std::move(sound));
  EXPECT_TRUE(player) << (player ? "" : player.error().message());
  return player ? std::move(*player) : nullptr;
}

TEST(AlsaCapture, DeliversSilenceFromAnEmptyCableInTime) {
  const TimePoint opened = monotonic_now();
  const auto microphone = open_microphone();
  ASSERT_TRUE(microphone);
  EXPECT_EQ(microphone->format(), (AudioFormat{48'000, 1}));
  EXPECT_EQ(microphone->description(), "alsa:hw:Loopback,1,0 (Loopback)");
  std::optional<TimePoint> expected;
  for (int n = 0; n < 50; ++n) {
    const auto block = next_block(*microphone);
    ASSERT_TRUE(block) << block.error().message();
    EXPECT_FALSE(block->gap);
    const Duration length = nanoseconds(static_cast<std::int64_t>(block->samples.size()) * 62'500 / 3);
    EXPECT_GE(block->captured_at, opened - milliseconds(20));
    EXPECT_LE(block->captured_at + length, block->read_at + milliseconds(5)) << "nobody hears the future";
    if (expected) {
      EXPECT_NEAR(static_cast<double>(to_us(block->captured_at - *expected)), 0, 2000) << "block " << n;
    }
    expected = block->captured_at + length;
  }
}

struct CardCase {
  LoopbackFormat format;
  const char* name;
};
class AlsaFormats : public testing::TestWithParam<CardCase> {};

TEST_P(AlsaFormats, SoundArrivesAt48KilohertzWhateverTheCardHas) {
  const LoopbackFormat format = GetParam().format;
  // The player comes first, so that the cable has its format and the capture end must take it.
  const auto player = play(format, hum(1000, format.rate));
  ASSERT_TRUE(player);
  const auto microphone = open_microphone();
  ASSERT_TRUE(microphone);
  const auto heard = listen(*microphone, 72'000);
  ASSERT_GE(heard.size(), 72'000U);
  const auto settled = std::span(heard).subspan(24'000, 48'000);
  EXPECT_GT(codec::test::typical_share_of(1000, settled), 0.99);
  EXPECT_NEAR(codec::test::typical_loudness(settled), 16'384 / std::sqrt(2), 100);
}

INSTANTIATE_TEST_SUITE_P(Cards, AlsaFormats,
                         testing::Values(CardCase{{48'000, 1, false}, "Mono48"},
                                         CardCase{{48'000, 2, false}, "Stereo48"},
                                         CardCase{{44'100, 2, true}, "Stereo44Wide"},
                                         CardCase{{16'000, 1, false}, "Mono16"},
                                         CardCase{{96'000, 2, true}, "Stereo96Wide"}),
                         [](const auto& a_case) { return std::string(a_case.param.name); });

TEST(AlsaCapture, DeliversTwoChannelsWhenAskedFor) {
  const auto microphone = open_microphone(kMicrophone, 2);
  ASSERT_TRUE(microphone);
  EXPECT_EQ(microphone->format().channels, 2);
  EXPECT_EQ(next_block(*microphone)->samples.size() % 2, 0U);
}

TEST(AlsaCapture, ASoundHasTheTimeAtWhichItWasPlayed) {
  constexpr std::int64_t kOnset = 48'000;
  const auto microphone = open_microphone();
  const auto player = play({}, [](std::int64_t n) { return n < kOnset ? 0.0 : hum(1000)(n); });
  ASSERT_TRUE(microphone && player);
  std::optional<TimePoint> heard_at;
  for (int n = 0; n < 500 && !heard_at; ++n) {
    const auto block = next_block(*microphone);
    ASSERT_TRUE(block) << block.error().message();
    const auto loud = std::ranges::find_if(block->samples, [](int sample) { return std::abs(sample) > 1000; });
    if (loud != block->samples.end())
      heard_at = block->captured_at + nanoseconds((loud - block->samples.begin()) * 62'500 / 3);
  }
  ASSERT_TRUE(heard_at);
  const TimePoint played_at = player->started_at() + nanoseconds(kOnset * 62'500 / 3);
  // The driver copies at each of its timer's ticks.
  EXPECT_NEAR(static_cast<double>(to_us(*heard_at - played_at)), 0, 8000);
  RecordProperty("skew_us", std::to_string(to_us(*heard_at - played_at)));
}

TEST(AlsaCapture, AReaderThatWasAwayGetsAGapOfTheRightLength) {
  const auto microphone = open_microphone();
  ASSERT_TRUE(microphone);
  Heard last = next_block(*microphone).value();
  for (int n = 0; n < 10; ++n) last = next_block(*microphone).value();
  usleep(900'000);  // busy with other things; the card's buffer holds a third of that
  std::optional<Heard> after;
  while (!after) {
    auto block = next_block(*microphone);
    ASSERT_TRUE(block) << block.error().message();
    if (block->gap) after = std::move(*block);
  }
  EXPECT_EQ(microphone->overruns(), 1U);
  EXPECT_GT(after->captured_at - last.captured_at, milliseconds(850));
  EXPECT_LT(after->read_at - after->captured_at, milliseconds(150)) << "what came after is fresh";
  EXPECT_FALSE(next_block(*microphone)->gap);
}

Duration median(std::vector<Duration>& values) {
  std::ranges::sort(values);
  return values.at(values.size() / 2);
}

class AlsaDrift : public testing::TestWithParam<int> {};

// Sound cards' clocks are off by up to 200 ppm. Two things must hold: the capture times stay with the monotonic clock
// (a sound read now has ended just now, first as last), and the samples per second are the card's.
TEST_P(AlsaDrift, CaptureTimesFollowTheCardsClock) {
  ASSERT_TRUE(bend_loopback_clock(1, 0, GetParam()));
  const auto microphone = open_microphone();
  ASSERT_TRUE(microphone);
  std::vector<Duration> first_ages, last_ages;
  const auto age_of = [](const Heard& block) {
    const Duration length = nanoseconds(static_cast<std::int64_t>(block.samples.size()) * 62'500 / 3);
    return block.read_at - (block.captured_at + length);
  };
  for (int n = 0; n < 100; ++n) (void)next_block(*microphone);  // two seconds to learn the rate
  std::int64_t samples = 0;
  const Heard begin = next_block(*microphone).value();
  Heard block = begin;
  while (block.captured_at - begin.captured_at < seconds(20)) {
    if (block.captured_at - begin.captured_at < seconds(3)) first_ages.push_back(age_of(block));
    if (block.captured_at - begin.captured_at > seconds(17)) last_ages.push_back(age_of(block));
    samples += static_cast<std::int64_t>(block.samples.size());
    auto next = next_block(*microphone);
    ASSERT_TRUE(next) << next.error().message();
    ASSERT_FALSE(next->gap);
    block = std::move(*next);
  }
  EXPECT_NEAR(static_cast<double>(to_us(median(last_ages) - median(first_ages))), 0, 2000);
  const double elapsed_s = std::chrono::duration<double>(block.captured_at - begin.captured_at).count();
  EXPECT_NEAR((static_cast<double>(samples) / 48'000 / elapsed_s - 1) * 1e6, GetParam(), 60);
  EXPECT_TRUE(bend_loopback_clock(1, 0, 0));
}

INSTANTIATE_TEST_SUITE_P(Ppm, AlsaDrift, testing::Values(-200, 200), [](const auto& a_case) {
  return (a_case.param < 0 ? "Minus" : "Plus") + std::to_string(std::abs(a_case.param));
});

TEST(AlsaCards, OneThatIsInUseIsBusyAndSaysWhoHasIt) {
  const auto microphone = open_microphone();
  ASSERT_TRUE(microphone);
  const auto second = open_alsa_capture(kMicrophone, 1);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kBusy);
  EXPECT_NE(second.error().context.find("(pid " + std::to_string(getpid()) + ")"), std::string::npos)
      << second.error().context;
  EXPECT_TRUE(next_block(*microphone)) << "the first user was disturbed";
}

TEST(AlsaCards, AWrongNameListsTheCardsThereAre) {
  for (const char* name : {"hw:7,0", "hw:CARD=Nonsense", "nonsense"}) {
    const auto microphone = open_alsa_capture(name, 1);
    ASSERT_FALSE(microphone);
    EXPECT_EQ(microphone.error().code, Errc::kNotFound);
    EXPECT_NE(microphone.error().context.find("hw:0,0 (Loopback), hw:0,1 (Loopback), hw:1,0 (Dummy)"),
              std::string::npos)
        << microphone.error().context;
  }
  const auto speaker = open_audio_sink("alsa:hw:7,0");
  ASSERT_FALSE(speaker);
  EXPECT_NE(speaker.error().context.find("no such loudspeaker"), std::string::npos) << speaker.error().context;
}

TEST(AlsaCards, MissingPermissionNamesTheGroup) {
  ASSERT_EQ(geteuid(), 0U);
  ASSERT_EQ(seteuid(65534), 0);
  const auto by_number = open_alsa_capture(kMicrophone, 1);
  const auto by_default = open_alsa_capture("default", 1);
  ASSERT_EQ(seteuid(0), 0);
  for (const auto* microphone : {&by_number, &by_default}) {
    ASSERT_FALSE(*microphone);
    EXPECT_EQ(microphone->error().code, Errc::kPermission) << microphone->error().context;
    EXPECT_NE(microphone->error().context.find("group audio"), std::string::npos) << microphone->error().context;
  }
}

TEST(AlsaCards, TheDummyCardCanBeHeard) {
  const auto microphone = open_microphone("hw:Dummy,0");
  ASSERT_TRUE(microphone);
  EXPECT_EQ(listen(*microphone, 9600).size() >= 9600, true);
}

std::size_t open_files() {
  const std::filesystem::directory_iterator fds("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(fds), end(fds)));
}

TEST(AlsaCards, ClosingLeavesNothingOpen) {
  (void)open_microphone();
  const std::size_t before = open_files();
  for (int n = 0; n < 5; ++n) EXPECT_TRUE(next_block(*open_microphone()));
  EXPECT_EQ(open_files(), before);
}

TEST(AlsaCards, UnpluggedOneIsGoneAndComesBack) {
  auto microphone = open_microphone();
  ASSERT_TRUE(microphone);
  ASSERT_TRUE(next_block(*microphone));
  // The driver holds the writer back until the last user has closed.
  bool unplugged = false;
  std::thread cable([&] { unplugged = unplug_loopback(); });
  auto block = next_block(*microphone);
  while (block) block = next_block(*microphone);
  EXPECT_EQ(block.error().code, Errc::kNotFound) << block.error().message();
  const auto meanwhile = open_alsa_capture(kMicrophone, 1);
  ASSERT_FALSE(meanwhile);
  EXPECT_EQ(meanwhile.error().code, Errc::kNotFound) << meanwhile.error().message();
  microphone.reset();
  cable.join();
  ASSERT_TRUE(unplugged);
  ASSERT_TRUE(plug_in_loopback());
  microphone = open_microphone();
  ASSERT_TRUE(microphone);
  EXPECT_TRUE(next_block(*microphone));
}

}  // namespace
}  // namespace perch::audio
