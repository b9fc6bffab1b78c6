#include "net/congestion/pacer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace perch::net {
namespace {

constexpr TimePoint kStart{seconds(100)};
constexpr Bitrate kPacing = Bitrate::kbps(2000);
constexpr Bitrate kTarget = Bitrate::kbps(800);

class PacerTest : public testing::Test {
 protected:
  struct Left {
    Duration at;
    PacketKind kind;
    std::uint64_t token;
    std::uint16_t size;
    bool probe;
  };
  void enqueue(PacketKind kind, int count, std::uint16_t size = 1000) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(pacer_.enqueue({kind, size, next_token_++}));
  }
  /// As its owner does: asks at the deadline, until nothing is left or `until`.
  std::vector<Left> drain(Duration until = seconds(10)) {
    std::vector<Left> out;
    while (now_ < kStart + until) {
      while (const auto packet = pacer_.next(now_)) {
        out.push_back({now_ - kStart, packet->kind, packet->token, packet->size, packet->probe});
      }
      ++wake_ups_;
      const TimePoint deadline = pacer_.deadline();
      if (deadline == kNever) break;
      EXPECT_GT(deadline, now_);
      now_ = deadline;
    }
    return out;
  }
  Pacer pacer_{kPacing, kTarget};
  TimePoint now_ = kStart;
  std::uint64_t next_token_ = 1;
  int wake_ups_ = 0;
};

TEST_F(PacerTest, HasNothingToDoWhenEmpty) {
  EXPECT_FALSE(pacer_.next(kStart));
  EXPECT_EQ(pacer_.deadline(), kNever);
  EXPECT_EQ(pacer_.queue_time(), Duration{});
}

TEST_F(PacerTest, SpreadsAFrameAtThePacingRate) {
  enqueue(PacketKind::kVideo, 20);
  const auto left = drain();
  ASSERT_EQ(left.size(), 20u);
  EXPECT_EQ(left.front().at, Duration{});
  // 19 packets of 4 ms each before the last one, which may leave up to a tick early.
  EXPECT_LE(left.back().at, milliseconds(76));
  EXPECT_GE(left.back().at, milliseconds(76) - Pacer::kTick);
  for (std::size_t i = 1; i < left.size(); ++i) EXPECT_EQ(left[i].token, left[i - 1].token + 1);
}

TEST_F(PacerTest, WakesAtMostOncePerTick) {
  pacer_.set_rates(Bitrate::kbps(20'000), Bitrate::kbps(8000));
  enqueue(PacketKind::kVideo, 250);  // 100 ms
  drain();
  EXPECT_LE(wake_ups_, 22);
}

TEST_F(PacerTest, AudioOvertakesEverythingAtOnce) {
  enqueue(PacketKind::kVideo, 10);
  static_cast<void>(pacer_.next(kStart));
  while (pacer_.next(kStart)) {
  }
  enqueue(PacketKind::kAudio, 1, 100);
  const auto audio = pacer_.next(kStart + milliseconds(1));
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->kind, PacketKind::kAudio);
}

TEST_F(PacerTest, AudioIsPaidForByVideo) {
  enqueue(PacketKind::kVideo, 20);
  const TimePoint alone = kStart + drain().back().at;
  Pacer other(kPacing, kTarget);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(other.enqueue({PacketKind::kVideo, 1000, 1}));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(other.enqueue({PacketKind::kAudio, 1000, 1}));
  TimePoint now = kStart;
  TimePoint last{};
  for (; now < kStart + seconds(1); now += milliseconds(1)) {
    while (other.next(now)) last = now;
  }
  EXPECT_GT(last, alone + milliseconds(35));
}

TEST_F(PacerTest, RetransmissionsGoBeforeVideo) {
  enqueue(PacketKind::kVideo, 3);
  enqueue(PacketKind::kRetransmission, 1);
  EXPECT_EQ(drain().front().kind, PacketKind::kRetransmission);
}

TEST_F(PacerTest, RetransmissionsTakeAtMostAQuarterOfTheTarget) {
  enqueue(PacketKind::kRetransmission, 128);
  const auto left = drain(seconds(4));
  std::int64_t bytes = 0;
  for (const Left& one : left) bytes += one.size;
  // 100 kB/s · 1/4 · 4 s, and what may be saved up for a burst.
  EXPECT_LE(bytes, 100'000 + 2500 + 1000);
  EXPECT_GE(bytes, 95'000);
}

TEST_F(PacerTest, VideoDoesNotWaitForRetransmissionsOverTheirShare) {
  enqueue(PacketKind::kRetransmission, 100);
  enqueue(PacketKind::kVideo, 10);
  const auto left = drain(milliseconds(100));
  int video = 0;
  for (const Left& one : left) video += one.kind == PacketKind::kVideo ? 1 : 0;
  EXPECT_EQ(video, 10);
}

TEST_F(PacerTest, TellsHowLongItsQueueIsAndWhenItIsTooLong) {
  enqueue(PacketKind::kVideo, 50);
  EXPECT_EQ(pacer_.queue_time(), milliseconds(200));
  EXPECT_FALSE(pacer_.overloaded());
  enqueue(PacketKind::kVideo, 20);
  EXPECT_TRUE(pacer_.overloaded());
  pacer_.drop_video();
  EXPECT_EQ(pacer_.queued_bytes(), 0);
  EXPECT_TRUE(drain().empty());
}

TEST_F(PacerTest, DroppingVideoKeepsRetransmissions) {
  enqueue(PacketKind::kVideo, 50);
  enqueue(PacketKind::kRetransmission, 1);
  pacer_.drop_video();
  EXPECT_EQ(pacer_.queued_bytes(), 1000);
  EXPECT_EQ(drain().size(), 1u);
}

TEST_F(PacerTest, RefusesWhatDoesNotFit) {
  enqueue(PacketKind::kAudio, 32, 100);
  EXPECT_FALSE(pacer_.enqueue({PacketKind::kAudio, 100, 1}));
  enqueue(PacketKind::kVideo, 512, 100);
  EXPECT_FALSE(pacer_.enqueue({PacketKind::kVideo, 100, 1}));
}

TEST_F(PacerTest, FillsAProbeWithPaddingAtItsRate) {
  pacer_.probe({Bitrate::kbps(4000), 6000});
  enqueue(PacketKind::kVideo, 2);
  const auto left = drain();
  std::size_t bytes = 0;
  for (const Left& one : left) {
    EXPECT_TRUE(one.probe);
    bytes += one.size;
  }
  EXPECT_EQ(left[0].kind, PacketKind::kVideo);
  EXPECT_EQ(left.back().kind, PacketKind::kPadding);
  EXPECT_GE(bytes, 6000u);
  EXPECT_LT(bytes, 6000u + 1200u);
  EXPECT_LE(left.back().at, milliseconds(12));
  EXPECT_EQ(pacer_.deadline(), kNever);
}

TEST_F(PacerTest, DoesNotCatchUpAfterAPause) {
  enqueue(PacketKind::kVideo, 1);
  drain();
  now_ = kStart + seconds(5);
  enqueue(PacketKind::kVideo, 20);
  const auto left = drain();
  EXPECT_GE(left.back().at - left.front().at, milliseconds(71));
}

}  // namespace
}  // namespace perch::net
