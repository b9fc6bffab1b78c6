#include "signaling/backoff.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

TEST(Backoff, DoublesUpToTheShortCapWithinTheFirstMinutes) {
  SeededRandom random(1);
  Backoff backoff(random);
  EXPECT_LE(backoff.next(), Backoff::kFirst);
  Duration longest{};
  for (int i = 1; i < Backoff::kAttemptsUnderShortCap; ++i) longest = std::max(longest, backoff.next());
  EXPECT_LE(longest, Backoff::kShortCap);
  EXPECT_GT(longest, Backoff::kShortCap / 2);
}

TEST(Backoff, GrowsToTheLongCapAndStaysThereForEver) {
  SeededRandom random(2);
  Backoff backoff(random);
  for (int i = 0; i < 10'000; ++i) static_cast<void>(backoff.next());
  EXPECT_LE(backoff.next(), Backoff::kLongCap);
  EXPECT_GE(backoff.next(), Backoff::kLongCap / 2);
}

TEST(Backoff, NeverWaitsLessThanHalfItsStep) {
  SeededRandom random(3);
  Backoff backoff(random);
  EXPECT_GE(backoff.next(), Backoff::kFirst / 2);
  EXPECT_GE(backoff.next(), Backoff::kFirst);
}

TEST(Backoff, StartsOverAfterSuccess) {
  SeededRandom random(4);
  Backoff backoff(random);
  for (int i = 0; i < 20; ++i) static_cast<void>(backoff.next());
  backoff.reset();
  EXPECT_LE(backoff.next(), Backoff::kFirst);
}

TEST(Backoff, TwoCamerasDoNotKnockTogether) {
  SeededRandom one(5);
  SeededRandom other(6);
  EXPECT_NE(Backoff(one).next(), Backoff(other).next());
}

}  // namespace
}  // namespace perch::signaling
