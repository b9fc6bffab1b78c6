#include "signaling/access_policy.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

TEST(OpenAccess, PassesPayloadsThroughWhateverTheEpoch) {
  OpenAccess access;
  const SessionKey key{"phone", "abcdefghijklmnopqrstuv"};
  EXPECT_EQ(*access.open({"cam", key, "offer"}, {"now", "before"}, as_bytes(R"({"epoch":"stale"})")),
            R"({"epoch":"stale"})");
  EXPECT_EQ(*access.seal({"cam", key, "answer"}, {"now", "before"}, "{}"), "{}");
  EXPECT_STREQ(access.name(), "open");
  EXPECT_TRUE(access.answers_strangers());
}

}  // namespace
}  // namespace perch::signaling
