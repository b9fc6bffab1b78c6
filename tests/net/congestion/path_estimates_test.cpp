// Queue, bottleneck and whose queue it is.
#include <gtest/gtest.h>

#include "hal/base/random.hpp"
#include "net/congestion/bottleneck.hpp"
#include "net/congestion/queue_delay.hpp"
#include "net/congestion/queue_judge.hpp"

namespace perch::net {
namespace {

constexpr Bitrate kReference = Bitrate::kbps(900);

TEST(QueueDelay, IsWhatNoPacketEscapes) {
  QueueDelay queue;
  queue.add(milliseconds(0), milliseconds(50));
  queue.add(milliseconds(200), milliseconds(290));
  queue.add(milliseconds(210), milliseconds(275));
  EXPECT_EQ(queue.standing(), milliseconds(15));
}

TEST(QueueDelay, DoesNotCareForTheZeroOfTheReceiversClock) {
  QueueDelay queue;
  queue.add(seconds(1000), seconds(-5));
  queue.add(seconds(1001), seconds(-4) + milliseconds(7));
  EXPECT_EQ(queue.standing(), milliseconds(7));
}

TEST(QueueDelay, BelievesALongerRouteAfterHalfAMinute) {
  QueueDelay queue;
  queue.add(milliseconds(0), milliseconds(50));
  for (int i = 1; i < 400; ++i) queue.add(milliseconds(100 * i), milliseconds(100 * i + 80));
  EXPECT_EQ(queue.standing(), milliseconds(0));
}

/// Frames of five packets of 1,250 bytes, paced at `pace`, over a link of `capacity`.
struct PacedFrames {
  Bottleneck bottleneck;
  std::int64_t at_us = 0;
  std::int64_t free_us = 0;
  SeededRandom random{3};

  void send(int frames, Bitrate pace, Bitrate capacity, double jitter_us = 0) {
    const std::int64_t gap = to_us(pace.time_for(1250));
    const std::int64_t service = to_us(capacity.time_for(1250));
    std::int64_t last = 0;
    for (int frame = 0; frame < frames; ++frame) {
      for (int i = 0; i < 5; ++i) {
        const std::int64_t sent = at_us + i * gap;
        free_us = std::max(free_us, sent) + service;
        last = std::max(last, free_us + static_cast<std::int64_t>(jitter_us * random.unit()));
        bottleneck.add(microseconds(sent), microseconds(50'000 + last), 1250, frame + i > 0, kReference);
      }
      at_us += 80'000;
    }
  }
  [[nodiscard]] double rate() const {
    return static_cast<double>(bottleneck.rate(microseconds(50'000 + free_us)).value_or(Bitrate()).kbps());
  }
};

TEST(Bottleneck, IsUnknownAtFirst) { EXPECT_FALSE(Bottleneck().rate(seconds(1))); }

TEST(Bottleneck, IsReadFromTheSpacingBehindIt) {
  PacedFrames path;
  path.send(20, Bitrate::kbps(2500), Bitrate::kbps(1000));
  EXPECT_NEAR(path.rate(), 1000, 10);
}

TEST(Bottleneck, IsNeverMoreThanWasTried) {
  PacedFrames path;
  path.send(20, Bitrate::kbps(1500), Bitrate::kbps(50'000));
  EXPECT_NEAR(path.rate(), 1500, 20);
}

TEST(Bottleneck, AveragesJitterAway) {
  PacedFrames path;
  path.send(60, Bitrate::kbps(2500), Bitrate::kbps(1000), 8000);
  EXPECT_NEAR(path.rate(), 1000, 100);
}

TEST(Bottleneck, TheLatestIsKeptWhenTheRestIsForgotten) {
  PacedFrames path;
  path.send(20, Bitrate::kbps(2500), Bitrate::kbps(2000));
  path.send(2, Bitrate::kbps(2500), Bitrate::kbps(1000));
  EXPECT_GT(path.rate(), 1300);
  path.bottleneck.forget();
  EXPECT_LT(path.rate(), 1300);
}

TEST(Bottleneck, IsNotMeasuredAcrossALostPacket) {
  Bottleneck bottleneck;
  for (int i = 0; i < 20; ++i) bottleneck.add(milliseconds(i), milliseconds(50 + 10 * i), 1250, false, kReference);
  EXPECT_FALSE(bottleneck.rate(milliseconds(250)));
}

TEST(Bottleneck, IsUnknownAgainAfterThreeSeconds) {
  PacedFrames path;
  path.send(20, Bitrate::kbps(2500), Bitrate::kbps(1000));
  EXPECT_FALSE(path.bottleneck.rate(microseconds(path.free_us) + seconds(4)));
}

constexpr Bitrate kMegabit = Bitrate::kbps(1000);
constexpr Duration kResponse = milliseconds(200);

TEST(QueueJudge, ToleratesOnePacketOfOurs) {
  QueueJudge judge;
  EXPECT_FALSE(judge.update(TimePoint(seconds(1)), milliseconds(9), kMegabit, kResponse));
  EXPECT_TRUE(judge.update(TimePoint(seconds(1)), milliseconds(11), kMegabit, kResponse));
  EXPECT_FALSE(judge.update(TimePoint(seconds(1)), milliseconds(18), Bitrate::kbps(500), kResponse));
}

TEST(QueueJudge, AQueueThatShrinksIsOurs) {
  QueueJudge judge;
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(judge.update(TimePoint(milliseconds(100 * i)), milliseconds(200 - 3 * i), kMegabit, kResponse));
  }
}

TEST(QueueJudge, AQueueThatStaysThoughWeGiveWayIsForeignForTenSeconds) {
  QueueJudge judge;
  int gave_way = 0;
  TimePoint now{};
  for (; !judge.foreign(now); now += milliseconds(100)) {
    ASSERT_LT(++gave_way, 20);
    static_cast<void>(judge.update(now, milliseconds(150), kMegabit, kResponse));
  }
  EXPECT_FALSE(judge.update(now, milliseconds(150), kMegabit, kResponse));
  EXPECT_TRUE(judge.update(now + seconds(10), milliseconds(150), kMegabit, kResponse));
}

TEST(QueueJudge, AShortQueueIsNeverForeign) {
  QueueJudge judge;
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(judge.update(TimePoint(milliseconds(100 * i)), milliseconds(25), kMegabit, kResponse));
  }
}

}  // namespace
}  // namespace perch::net
