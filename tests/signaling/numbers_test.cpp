#include <gtest/gtest.h>

#include <set>

#include "signaling/epoch_clock.hpp"
#include "signaling/recent_sessions.hpp"
#include "signaling/replay_window.hpp"

namespace perch::signaling {
namespace {

TEST(ReplayWindow, AcceptsEachNumberOnce) {
  ReplayWindow window;
  for (const std::uint64_t seq : {0, 1, 2, 5, 4, 3, 70}) EXPECT_TRUE(window.accept(seq)) << seq;
  for (const std::uint64_t seq : {0, 1, 2, 5, 4, 3, 70}) EXPECT_FALSE(window.accept(seq)) << seq;
  EXPECT_TRUE(window.accept(69));
  EXPECT_TRUE(window.accept(7)) << "63 below the highest";
  EXPECT_FALSE(window.accept(6)) << "64 below the highest counts as seen";
}

TEST(ReplayWindow, BeginsAnywhere) {
  ReplayWindow window;
  EXPECT_TRUE(window.accept(9));
  EXPECT_TRUE(window.accept(0)) << "a message that overtook the first one";
  EXPECT_FALSE(window.accept(9));
}

TEST(ReplayWindow, TakesTheNumberOfALastWillAtTheEnd) {
  ReplayWindow window;
  EXPECT_TRUE(window.accept(0));
  EXPECT_TRUE(window.accept(0x7fffffff));
  EXPECT_TRUE(window.accept((1ULL << 53) - 1));
  EXPECT_FALSE(window.accept(0x7fffffff));
}

TEST(RecentSessions, ForgetsTheOldestAndStaysBounded) {
  RecentSessions recent;
  for (int i = 0; i < 1000; ++i) recent.obtain({"v", std::to_string(i)}).next_outgoing = static_cast<std::uint64_t>(i);
  EXPECT_EQ(recent.size(), RecentSessions::kCapacity);
  EXPECT_EQ(recent.find({"v", "0"}), nullptr);
  ASSERT_NE(recent.find({"v", "999"}), nullptr);
  EXPECT_EQ(recent.take({"v", "999"}).next_outgoing, 999U);
  EXPECT_EQ(recent.find({"v", "999"}), nullptr);
  EXPECT_EQ(recent.take({"v", "unheard of"}).next_outgoing, 0U);
}

TEST(EpochClock, DrawsANewEpochEveryTenMinutesAndKeepsThePrevious) {
  SeededRandom random(7);
  const TimePoint start{seconds(100)};
  EpochClock clock(start, random);
  const std::string first(clock.epochs().current);
  EXPECT_EQ(first.size(), 22U) << "128 bits in base64url";
  EXPECT_EQ(clock.epochs().previous, "");
  EXPECT_EQ(clock.deadline(), start + seconds(600));
  EXPECT_FALSE(clock.on_deadline(start + seconds(599)));
  EXPECT_TRUE(clock.on_deadline(start + seconds(600)));
  EXPECT_EQ(clock.epochs().previous, first);
  EXPECT_NE(clock.epochs().current, first);
  EXPECT_EQ(clock.deadline(), start + seconds(1200));
}

}  // namespace
}  // namespace perch::signaling
