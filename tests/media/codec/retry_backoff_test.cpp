#include "media/codec/retry_backoff.hpp"

#include <gtest/gtest.h>

namespace perch::codec {
namespace {

TEST(RetryBackoff, DoublesUpToTheLimitAndStartsOver) {
  RetryBackoff backoff(milliseconds(500), seconds(2));
  EXPECT_EQ(backoff.next(), milliseconds(500));
  EXPECT_EQ(backoff.next(), milliseconds(1000));
  EXPECT_EQ(backoff.next(), milliseconds(2000));
  EXPECT_EQ(backoff.next(), milliseconds(2000));
  backoff.reset();
  EXPECT_EQ(backoff.next(), milliseconds(500));
}

}  // namespace
}  // namespace perch::codec
