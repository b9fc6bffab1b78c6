#include "media/codec/talk_player.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/media/codec/audio_samples.hpp"

namespace perch::codec {
namespace {

constexpr TimePoint kStart{seconds(1000)};
constexpr Duration kPull = milliseconds(10);

/// A speaker who hums, and a card that takes 10 ms at a time by a clock of its own. Virtual time.
class Conversation {
 public:
  explicit Conversation(int volume = 100, double card_ppm = 0)
      : player(TalkPlayer::create(1, volume).value()), card_ppm_(card_ppm) {}

  /// One packet, to arrive at its time plus `late`.
  void say(int n, Duration late = {}, rtp::Ssrc ssrc = 1) {
    TalkPacket packet;
    packet.ssrc = ssrc;
    packet.sequence_number = {static_cast<std::uint16_t>(n)};
    packet.timestamp = {960 * static_cast<std::uint32_t>(n)};
    packet.arrived_at = kStart + n * milliseconds(20) + late;
    packet.payload = hum_[static_cast<std::size_t>(n) % hum_.size()];
    arrivals_.push_back(std::move(packet));
  }
  /// Plays until the card's clock says so; what it played comes back.
  std::vector<std::int16_t> listen_until(Duration end) {
    std::ranges::stable_sort(arrivals_, {}, &TalkPacket::arrived_at);
    std::vector<std::int16_t> heard;
    std::vector<std::int16_t> chunk(480);
    for (; pulls_ * kPull < end; ++pulls_) {
      const Duration nominal = pulls_ * kPull;
      const TimePoint now =
          kStart + nominal -
          nanoseconds(static_cast<std::int64_t>(static_cast<double>(nominal.count()) * card_ppm_ * 1e-6));
      const auto due = std::ranges::find_if(arrivals_, [&](const auto& p) { return p.arrived_at > now; });
      std::for_each(arrivals_.begin(), due, [&](TalkPacket& packet) { player.push(std::move(packet)); });
      arrivals_.erase(arrivals_.begin(), due);
      player.pull(now, chunk);
      heard.insert(heard.end(), chunk.begin(), chunk.end());
    }
    return heard;
  }

  TalkPlayer player;

 private:
  double card_ppm_;
  std::int64_t pulls_ = 0;
  const std::vector<Bytes> hum_ = test::sine_packets(500, 100);
  std::vector<TalkPacket> arrivals_;
};

TEST(TalkPlayer, IsSilentWhenNobodySpeaks) {
  Conversation talk;
  EXPECT_EQ(test::loudness(talk.listen_until(seconds(1))), 0);
  EXPECT_TRUE(talk.player.idle());
}

TEST(TalkPlayer, PlaysWhatIsSaid) {
  Conversation talk;
  for (int n = 0; n < 100; ++n) talk.say(n);
  const auto heard = talk.listen_until(seconds(2));
  const auto middle = std::span(heard).subspan(24'000, 48'000);
  EXPECT_NEAR(test::loudness(middle), test::kLoudness / std::sqrt(2), test::kLoudness / 10);
  EXPECT_FALSE(talk.player.idle());
  (void)talk.listen_until(seconds(3));
  EXPECT_TRUE(talk.player.idle());
  EXPECT_EQ(talk.player.counters().recovered, 0U);
}

TEST(TalkPlayer, AddsLittleDelayOnASteadyNetwork) {
  Conversation talk;
  for (int n = 0; n < 500; ++n) talk.say(n);
  const auto heard = talk.listen_until(seconds(1));
  const auto first = std::ranges::find_if(heard, [](int sample) { return std::abs(sample) > 1000; });
  EXPECT_LT(first - heard.begin(), 48 * 60) << "40 ms of buffer before anything is known, and the codec's own";
  (void)talk.listen_until(seconds(9));
  EXPECT_LE(talk.player.delay(), milliseconds(25));
}

TEST(TalkPlayer, TheVolumeGoesWithTheSquare) {
  for (const auto& [volume, factor] : {std::pair{50, 0.25}, {0, 0.0}, {1000, 1.0}}) {
    Conversation talk(volume);
    for (int n = 0; n < 100; ++n) talk.say(n);
    const auto heard = talk.listen_until(seconds(2));
    EXPECT_NEAR(test::loudness(std::span(heard).subspan(24'000, 48'000)), factor * test::kLoudness / std::sqrt(2),
                factor * test::kLoudness / 10);
  }
}

class TalkPlayerDrift : public testing::TestWithParam<int> {};

TEST_P(TalkPlayerDrift, TheDelayDoesNotGrowAndNothingIsMissing) {
  Conversation talk(100, GetParam());
  constexpr int kPackets = 50 * 80;
  for (int n = 0; n < kPackets; ++n) talk.say(n);
  (void)talk.listen_until(seconds(20));
  const auto begun = talk.player.counters();
  for (int at_s = 30; at_s < 79; at_s += 8) {
    (void)talk.listen_until(seconds(at_s));
    EXPECT_NEAR(static_cast<double>(to_us(talk.player.delay() - JitterEstimator::kMinTarget)), 0, 5000);
  }
  EXPECT_NEAR((1 - talk.player.speed()) * 1e6, GetParam(), 300);
  EXPECT_EQ(talk.player.counters().concealed, begun.concealed);
  EXPECT_EQ(talk.player.counters().skipped, begun.skipped);
}

INSTANTIATE_TEST_SUITE_P(CardPpm, TalkPlayerDrift, testing::Values(-1000, -200, 200, 1000), [](const auto& a_case) {
  return (a_case.param < 0 ? "Minus" : "Plus") + std::to_string(std::abs(a_case.param));
});

TEST(TalkPlayer, LossIsConcealedWithoutHoles) {
  Conversation talk;
  for (int n = 0; n < 500; ++n) {
    if (n % 10 != 3) talk.say(n);
  }
  const auto heard = talk.listen_until(seconds(9));
  for (std::size_t at = 48'000; at + 480 < heard.size(); at += 480)
    ASSERT_GT(test::loudness(std::span(heard).subspan(at, 480)), test::kLoudness / 50) << at / 48 << " ms";
  EXPECT_NEAR(static_cast<double>(talk.player.counters().recovered), 45, 5);
}

TEST(TalkPlayer, JitterIsPaidWithDelayNotWithHoles) {
  Conversation talk;
  std::mt19937 random(2);  // NOLINT(cert-msc51-cpp): the same jitter each time
  std::uniform_int_distribution<int> late_ms(0, 60);
  for (int n = 0; n < 1000; ++n) talk.say(n, milliseconds(late_ms(random)));
  (void)talk.listen_until(seconds(10));
  const auto begun = talk.player.counters();
  (void)talk.listen_until(seconds(19));
  EXPECT_LE(talk.player.counters().concealed - begun.concealed, 2U);
  EXPECT_GE(talk.player.delay(), milliseconds(50));
  EXPECT_LE(talk.player.delay(), milliseconds(110));
}

TEST(TalkPlayer, AnotherSpeakerBeginsAnew) {
  Conversation talk;
  for (int n = 0; n < 50; ++n) talk.say(n, {}, 1);
  for (int n = 51; n < 150; ++n) talk.say(n, {}, 2);
  (void)talk.listen_until(seconds(2));
  EXPECT_EQ(talk.player.counters().packets, 50U + 49U) << "counted over both";
  const auto heard = talk.listen_until(milliseconds(2500));
  EXPECT_GT(test::loudness(heard), test::kLoudness / 2);
}

TEST(TalkPlayer, GarbageInsideAPacketIsMadeUpFor) {
  Conversation talk;
  std::mt19937 random(9);  // NOLINT(cert-msc51-cpp): the same garbage each time
  for (int n = 0; n < 2000; ++n) {
    TalkPacket packet;
    packet.sequence_number = {static_cast<std::uint16_t>(n)};
    packet.timestamp = {960 * static_cast<std::uint32_t>(n)};
    packet.arrived_at = kStart + n * milliseconds(20);
    packet.payload.resize(1 + random() % 200);
    for (auto& byte : packet.payload) byte = static_cast<std::uint8_t>(random());
    talk.player.push(std::move(packet));
    std::vector<std::int16_t> chunk(960);
    talk.player.pull(kStart + n * milliseconds(20), chunk);
  }
  EXPECT_EQ(talk.player.counters().packets, 2000U);
}

}  // namespace
}  // namespace perch::codec
