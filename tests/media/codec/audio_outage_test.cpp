#include "media/codec/audio_outage.hpp"

#include <gtest/gtest.h>

namespace perch::codec {
namespace {

TEST(AudioOutage, IsToldOnce) {
  AudioOutage outage;
  EXPECT_FALSE(outage.active());
  EXPECT_TRUE(outage.on_failure(Errc::kNotFound));
  EXPECT_TRUE(outage.active());
  for (int n = 0; n < 5; ++n) EXPECT_FALSE(outage.on_failure(Errc::kNotFound));
}

TEST(AudioOutage, AnotherKindIsToldWhenItComesTwice) {
  AudioOutage outage;
  ASSERT_TRUE(outage.on_failure(Errc::kNotFound));
  EXPECT_FALSE(outage.on_failure(Errc::kPermission)) << "perhaps the node is just being set up";
  EXPECT_TRUE(outage.on_failure(Errc::kPermission));
  EXPECT_FALSE(outage.on_failure(Errc::kPermission));
}

TEST(AudioOutage, AKindThatWasSeenOnceInBetweenIsForgotten) {
  AudioOutage outage;
  ASSERT_TRUE(outage.on_failure(Errc::kNotFound));
  EXPECT_FALSE(outage.on_failure(Errc::kBusy));
  EXPECT_FALSE(outage.on_failure(Errc::kNotFound));
  EXPECT_FALSE(outage.on_failure(Errc::kBusy));
}

TEST(AudioOutage, TheNextOneIsNewsAgain) {
  AudioOutage outage;
  ASSERT_TRUE(outage.on_failure(Errc::kNotFound));
  outage.end();
  EXPECT_FALSE(outage.active());
  EXPECT_TRUE(outage.on_failure(Errc::kNotFound));
}

}  // namespace
}  // namespace perch::codec
