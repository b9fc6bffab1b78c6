#include "net/lip_sync.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

TEST(LipSync, HoldsPicturesBackByWhatSoundIsOlderAndWhatTheBrowserAdds) {
  LipSync sync;
  EXPECT_FALSE(sync.update()) << "nothing is known yet";
  sync.on_sound(milliseconds(25));
  EXPECT_FALSE(sync.update());
  sync.on_picture(milliseconds(5));
  const auto delay = sync.update();
  ASSERT_TRUE(delay);
  EXPECT_EQ(delay->min, milliseconds(90));  // 25 - 5 + 65 + 5 * 2, in tens
  EXPECT_EQ(delay->max, milliseconds(490));
}

TEST(LipSync, FollowsTheJitterThatTheBrowserReports) {
  LipSync sync;
  sync.on_sound(milliseconds(25));
  sync.on_picture(milliseconds(5));
  ASSERT_TRUE(sync.update());
  sync.on_jitter(milliseconds(5));
  EXPECT_EQ(sync.update()->min, milliseconds(110));
  sync.on_jitter(milliseconds(0));
  EXPECT_EQ(sync.update()->min, milliseconds(80));
}

TEST(LipSync, StaysAsItIsWhileAgesWobble) {
  LipSync sync;
  sync.on_sound(milliseconds(20));
  sync.on_picture(milliseconds(5));
  ASSERT_TRUE(sync.update());
  for (int i = 0; i < 1000; ++i) {
    sync.on_sound(milliseconds(20 + i % 12));
    sync.on_picture(milliseconds(5 + i % 5));
    EXPECT_FALSE(sync.update()) << i;
  }
}

TEST(LipSync, FollowsACardThatBecomesSlow) {
  LipSync sync;
  sync.on_sound(milliseconds(20));
  sync.on_picture(milliseconds(5));
  milliseconds last = sync.update()->min;
  for (int i = 0; i < 300; ++i) {
    sync.on_sound(milliseconds(80));
    if (const auto changed = sync.update()) last = changed->min;
  }
  EXPECT_NEAR(static_cast<double>(last.count()), 150, 15);
}

TEST(LipSync, OneStallChangesNothing) {
  LipSync sync;
  sync.on_sound(milliseconds(25));
  sync.on_picture(milliseconds(5));
  ASSERT_TRUE(sync.update());
  sync.on_sound(milliseconds(800));
  EXPECT_FALSE(sync.update());
  sync.on_jitter(milliseconds(60));
  EXPECT_LE(sync.update()->min, milliseconds(110));
}

TEST(LipSync, NeverAsksForMoreThanAViewerWouldBearNorLessThanNothing) {
  LipSync late, early;
  late.on_sound(seconds(3));
  late.on_picture(milliseconds(5));
  EXPECT_EQ(late.update()->min, milliseconds(200));
  early.on_sound(milliseconds(5));
  early.on_picture(milliseconds(500));
  EXPECT_EQ(early.update()->min, milliseconds(0));
}

}  // namespace
}  // namespace perch::net
