#include "signaling/rate_limits.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

const TimePoint kStart{seconds(1000)};

TEST(RateLimits, FiveSessionsInTenSecondsThenOneRefusalThenSilence) {
  RateLimits limits;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limits.on_new_session(kStart + seconds(i), "phone"), Admission::kAllowed);
  EXPECT_EQ(limits.on_new_session(kStart + seconds(5), "phone"), Admission::kRefused);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(limits.on_new_session(kStart + seconds(6), "phone"), Admission::kRefusedAgain);
  }
  EXPECT_EQ(limits.on_new_session(kStart + seconds(5), "tablet"), Admission::kAllowed) << "others are undisturbed";
  EXPECT_EQ(limits.on_new_session(kStart + seconds(10), "phone"), Admission::kAllowed) << "the first one is 10 s ago";
  EXPECT_EQ(limits.on_new_session(kStart + seconds(10), "phone"), Admission::kRefused) << "a new spell is told anew";
}

TEST(RateLimits, ErrorsAreBoundedPerViewerAndInAll) {
  RateLimits limits;
  const auto answered = [&](int tries, auto name_of) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += limits.may_answer_error(kStart, name_of(i)) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(answered(1000, [](int) { return std::string("noisy"); }), 10);
  EXPECT_EQ(answered(1000, [](int i) { return "v" + std::to_string(i); }), 10) << "20 in all";
  EXPECT_TRUE(limits.may_answer_error(kStart + seconds(1), "noisy"));
}

TEST(RateLimits, MemoryIsBoundedWhateverTheNames) {
  RateLimits limits;
  for (int i = 0; i < 10'000; ++i)
    EXPECT_EQ(limits.on_new_session(kStart, "v" + std::to_string(i)), Admission::kAllowed);
  EXPECT_EQ(limits.size(), RateLimits::kMaxViewers);
}

TEST(TokenBucket, RefillsWithTimeUpToItsBurst) {
  TokenBucket bucket(2, 1);
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_FALSE(bucket.take(kStart));
  EXPECT_FALSE(bucket.take(kStart + milliseconds(900)));
  EXPECT_TRUE(bucket.take(kStart + milliseconds(1000)));
  EXPECT_TRUE(bucket.take(kStart + seconds(100)));
  EXPECT_TRUE(bucket.take(kStart + seconds(100)));
  EXPECT_FALSE(bucket.take(kStart + seconds(100)));
}

}  // namespace
}  // namespace perch::signaling
