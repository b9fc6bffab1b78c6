#include "signaling/state_guard.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

class StateGuardTest : public testing::Test {
 protected:
  void hear(std::string_view word, bool our_will = false) { guard_.on_heard(word, our_will); }
  /// Published, and heard back.
  void say(const char* word) {
    guard_.on_published(word);
    hear(word);
  }
  StateGuard guard_;
  TimePoint now_{seconds(100)};
};

TEST_F(StateGuardTest, OurOwnWordsAreNoLies) {
  say("a");
  EXPECT_EQ(guard_.deadline(), kNever);
  hear("a");  // QoS 1 may say it twice
  EXPECT_EQ(guard_.denies(now_), WhoSpoke::kWeAlone);
}

TEST_F(StateGuardTest, WhatWasSaidBeforeOursStandsNoMore) {
  guard_.on_published("a");
  guard_.on_published("b");
  hear("old, retained");
  hear("a");
  EXPECT_EQ(guard_.denies(now_), WhoSpoke::kWeAlone);
  hear("b");
  EXPECT_EQ(guard_.denies(now_), WhoSpoke::kWeAlone);
  hear("a");  // by somebody else this time
  EXPECT_EQ(guard_.denies(now_), WhoSpoke::kSomebodyElse);
}

TEST_F(StateGuardTest, AnythingElseIsDenied) {
  for (const char* lie : {"{\"online\":false}", "", "a "}) {
    say("a");
    now_ += StateGuard::kPause;
    hear(lie);
    EXPECT_LE(guard_.deadline(), now_) << lie;
    EXPECT_EQ(guard_.denies(now_), WhoSpoke::kSomebodyElse) << lie;
    EXPECT_EQ(guard_.denies(now_), WhoSpoke::kWeAlone) << "once";
  }
}

TEST_F(StateGuardTest, ALastWillMayOvertakeOurWords) {
  guard_.on_published("a");
  hear("will", true);
  EXPECT_EQ(guard_.denies(now_), WhoSpoke::kOurWill);
}

TEST_F(StateGuardTest, ALastWillDoesNotCoverALie) {
  say("a");
  hear("lie");
  hear("will", true);
  EXPECT_EQ(guard_.denies(now_), WhoSpoke::kSomebodyElse);
}

TEST_F(StateGuardTest, OfAFloodTheLastLieIsDeniedAsWell) {
  int denials = 0;
  for (int i = 0; i < 100; ++i) {
    hear("lie");
    if (guard_.denies(now_) != WhoSpoke::kWeAlone) ++denials, say("a");
  }
  EXPECT_EQ(denials, 1);
  EXPECT_EQ(guard_.deadline(), now_ + StateGuard::kPause);
  now_ = guard_.deadline();
  EXPECT_EQ(guard_.denies(now_), WhoSpoke::kSomebodyElse);
}

}  // namespace
}  // namespace perch::signaling
