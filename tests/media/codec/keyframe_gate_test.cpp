#include "media/codec/keyframe_gate.hpp"

#include <gtest/gtest.h>

namespace perch::codec {
namespace {

const TimePoint kStart{seconds(100)};
constexpr Bitrate kRate = Bitrate::kbps(2000);
constexpr std::size_t kSmall = 1000;  // 8 kbit of the 300 kbit/s allowed: 27 ms, so 500 ms rule

TEST(KeyframeGate, StaysShutUnlessAsked) {
  KeyframeGate gate;
  EXPECT_FALSE(gate.open(kStart, kRate));
}

TEST(KeyframeGate, GrantsTheFirstWishWithTheNextPicture) {
  KeyframeGate gate;
  gate.request();
  EXPECT_TRUE(gate.open(kStart, kRate));
}

TEST(KeyframeGate, GrantsAtOnceAfterAQuietPeriod) {
  KeyframeGate gate;
  gate.on_keyframe(kStart, kSmall);
  gate.request();
  EXPECT_TRUE(gate.open(kStart + milliseconds(500), kRate));
}

TEST(KeyframeGate, GathersWishesWithinTheInterval) {
  KeyframeGate gate;
  gate.on_keyframe(kStart, kSmall);
  gate.request();
  gate.request();
  EXPECT_FALSE(gate.open(kStart + milliseconds(499), kRate));
  EXPECT_TRUE(gate.open(kStart + milliseconds(500), kRate));
  gate.on_keyframe(kStart + milliseconds(500), kSmall);
  EXPECT_FALSE(gate.open(kStart + seconds(10), kRate)) << "one key frame grants all";
}

TEST(KeyframeGate, AnUnaskedKeyframeGrantsPendingWishes) {
  KeyframeGate gate;
  gate.request();
  gate.on_keyframe(kStart, kSmall);
  EXPECT_FALSE(gate.open(kStart + seconds(1), kRate));
}

TEST(KeyframeGate, LargeKeyframesAreKeptUnderTheirShareOfTheRate) {
  // 22,500 bytes are 180 kbit; 15 % of 200 kbit/s are 30 kbit/s... six seconds, cut to three.
  EXPECT_EQ(KeyframeGate::interval_after(22'500, Bitrate::kbps(200)), seconds(3));
  EXPECT_EQ(KeyframeGate::interval_after(22'500, Bitrate::kbps(1000)), milliseconds(1200));
  EXPECT_EQ(KeyframeGate::interval_after(22'500, Bitrate::kbps(4000)), milliseconds(500));
  EXPECT_EQ(KeyframeGate::interval_after(SIZE_MAX, Bitrate::bps(1)), seconds(3));
  EXPECT_EQ(KeyframeGate::interval_after(1, Bitrate::bps(0)), seconds(3));
}

TEST(KeyframeGate, FiftyWishesPerSecondMakeTwoKeyframesPerSecond) {
  KeyframeGate gate;
  int keyframes = 0;
  for (Duration t{}; t < seconds(10); t += milliseconds(20)) {
    gate.request();
    if (!gate.open(kStart + t, kRate)) continue;
    gate.on_keyframe(kStart + t, kSmall);
    ++keyframes;
  }
  EXPECT_EQ(keyframes, 20);
}

}  // namespace
}  // namespace perch::codec
