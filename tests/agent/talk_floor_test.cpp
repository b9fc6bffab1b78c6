#include "agent/talk_floor.hpp"

#include <gtest/gtest.h>

namespace perch::agent {
namespace {

using Take = TalkFloor::Take;
constexpr TimePoint kStart{seconds(100)};

TEST(TalkFloor, TheFirstToSpeakIsHeardAndOthersAreNot) {
  TalkFloor floor;
  EXPECT_EQ(floor.take(kStart, 1), Take::kBegan);
  EXPECT_EQ(floor.take(kStart + milliseconds(20), 2), Take::kTaken);
  EXPECT_EQ(floor.take(kStart + milliseconds(40), 1), Take::kHeld);
  EXPECT_EQ(floor.holder(kStart + milliseconds(60)), 1U);
}

TEST(TalkFloor, FallsFreeAWhileAfterTheLastPacket) {
  TalkFloor floor;
  (void)floor.take(kStart, 1);
  (void)floor.take(kStart + seconds(3), 1);
  EXPECT_EQ(floor.holder(kStart + seconds(3) + TalkFloor::kRelease - milliseconds(1)), 1U);
  EXPECT_EQ(floor.holder(kStart + seconds(3) + TalkFloor::kRelease), std::nullopt);
  EXPECT_EQ(floor.take(kStart + seconds(4), 2), Take::kBegan);
}

TEST(TalkFloor, SomebodyElsesPacketsDoNotExtendIt) {
  TalkFloor floor;
  (void)floor.take(kStart, 1);
  for (int i = 1; i < 25; ++i) EXPECT_EQ(floor.take(kStart + milliseconds(20 * i), 2), Take::kTaken);
  EXPECT_EQ(floor.take(kStart + milliseconds(500), 2), Take::kBegan);
}

TEST(TalkFloor, ATalkerWhoReturnsAfterAPauseBeginsAnew) {
  TalkFloor floor;
  (void)floor.take(kStart, 1);
  EXPECT_EQ(floor.take(kStart + seconds(2), 1), Take::kBegan);
}

}  // namespace
}  // namespace perch::agent
