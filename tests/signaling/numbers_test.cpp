#include <gtest/gtest.h>

#include <set>

#include "signaling/epoch_clock.hpp"
#include "signaling/recent_sessions.hpp"
#include "signaling/replay_window.hpp"

namespace perch::signaling {
namespace {

const SessionKey kEnded{"v", "abcdefghijklmnopqrstuv"};

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
  RecentSessions recent(EndedSessions::kForgotten);
  for (int i = 0; i < 1000; ++i) recent.obtain({"v", std::to_string(i)}).next_outgoing = static_cast<std::uint64_t>(i);
  EXPECT_EQ(recent.size(), RecentSessions::kCapacity);
  EXPECT_EQ(recent.find({"v", "0"}), nullptr);
  ASSERT_NE(recent.find({"v", "999"}), nullptr);
  EXPECT_EQ(recent.take({"v", "999"}).next_outgoing, 999U);
  EXPECT_EQ(recent.find({"v", "999"}), nullptr);
  EXPECT_EQ(recent.take({"v", "unheard of"}).next_outgoing, 0U);
}

TEST(RecentSessions, WhereNamesAreFreeEndedOnesAreForgottenToo) {
  RecentSessions recent(EndedSessions::kForgotten);
  for (int i = 0; i < 1000; ++i) recent.keep({"v" + std::to_string(i), kEnded.session}, {});
  EXPECT_EQ(recent.size(), RecentSessions::kCapacity);
  EXPECT_TRUE(recent.may_begin({"v", kEnded.session}, 100));
}

TEST(RecentSessions, RemembersAnEndedOneWhateverComesUntilItsEpochsAreOver) {
  RecentSessions recent(EndedSessions::kRemembered);
  recent.keep(kEnded, {.incoming = {}, .next_outgoing = 7});
  for (int i = 0; i < 1000; ++i) recent.obtain({"v", std::to_string(i)});
  for (int i = 0; i < 1000; ++i) recent.obtain({"w", std::to_string(i)});
  EXPECT_EQ(recent.size(), RecentSessions::kCapacity + 1);
  recent.on_new_epoch();
  ASSERT_NE(recent.find(kEnded), nullptr) << "the previous epoch is valid";
  EXPECT_EQ(recent.obtain(kEnded).next_outgoing, 7U);
  recent.on_new_epoch();
  EXPECT_EQ(recent.find(kEnded), nullptr);
}

TEST(RecentSessions, ASessionThatBeginsAgainGivesItsPlaceBack) {
  RecentSessions recent(EndedSessions::kRemembered);
  recent.keep(kEnded, {.incoming = {}, .next_outgoing = 7});
  EXPECT_EQ(recent.take(kEnded).next_outgoing, 7U);
  EXPECT_EQ(recent.size(), 0U);
}

TEST(RecentSessions, AFullShareTakesNoNewSessionsOfItsViewer) {
  RecentSessions recent(EndedSessions::kRemembered);
  const SessionKey other{kEnded.viewer, "another-one-of-its-own"};
  recent.keep(kEnded, {});
  EXPECT_TRUE(recent.may_begin(other, RecentSessions::kShare - 2));
  EXPECT_FALSE(recent.may_begin(other, RecentSessions::kShare - 1));
  EXPECT_TRUE(recent.may_begin(kEnded, RecentSessions::kShare - 1)) << "its place is its own";
  EXPECT_TRUE(recent.may_begin({"w", kEnded.session}, 0));
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
