#include "agent/watchdog.hpp"

#include <gtest/gtest.h>

namespace perch::agent {
namespace {

constexpr TimePoint kStart{seconds(100)};

class WatchdogTest : public testing::Test {
 protected:
  Watchdog dog_{kStart, seconds(40)};
};

TEST_F(WatchdogTest, AsksFourTimesWithinTheLimit) {
  EXPECT_EQ(dog_.deadline(), kStart + seconds(10));
  dog_.on_deadline(kStart + seconds(10));
  EXPECT_EQ(dog_.deadline(), kStart + seconds(20));
}

TEST_F(WatchdogTest, IsFedByAnyReportWhileNobodyWatches) {
  EXPECT_TRUE(dog_.on_report({}));
  EXPECT_TRUE(dog_.on_report({}));
}

TEST_F(WatchdogTest, IsFedByPacketsOnlyWhileSomebodyWatches) {
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 0}));  // has just come
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 1}));
  EXPECT_FALSE(dog_.on_report({.watching = 1, .picture_packets = 1}));
  EXPECT_FALSE(dog_.on_report({.watching = 1, .picture_packets = 1}));
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 2}));
}

TEST_F(WatchdogTest, AViewerWhoLeavesTakesTheirPacketsAlong) {
  EXPECT_TRUE(dog_.on_report({.watching = 2, .picture_packets = 200}));
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 90}));
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 100}));
  EXPECT_FALSE(dog_.on_report({.watching = 1, .picture_packets = 100}));
}

TEST_F(WatchdogTest, WithoutACameraTriesCount) {
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 5}));
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 5, .camera_away = true, .camera_tries = 1}));
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 5, .camera_away = true, .camera_tries = 2}));
  EXPECT_FALSE(dog_.on_report({.watching = 1, .picture_packets = 5, .camera_away = true, .camera_tries = 2}))
      << "a driver that hangs in open()";
}

TEST_F(WatchdogTest, TriesDoNotCountWhileTheCameraIsThere) {
  EXPECT_TRUE(dog_.on_report({.watching = 1, .picture_packets = 5, .camera_away = false, .camera_tries = 1}));
  EXPECT_FALSE(dog_.on_report({.watching = 1, .picture_packets = 5, .camera_away = false, .camera_tries = 2}));
}

}  // namespace
}  // namespace perch::agent
