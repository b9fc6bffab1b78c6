#include "media/codec/talk_stock.hpp"

#include <gtest/gtest.h>

namespace perch::codec {
namespace {

constexpr TimePoint kStart{seconds(1000)};

TEST(TalkStock, IsLittleAsLongAsThatIsEnough) {
  TalkStock stock;
  for (int s = 0; s < 100; ++s) stock.update(kStart + seconds(s), 0);
  EXPECT_EQ(stock.wanted(), TalkStock::kLeast);
}

TEST(TalkStock, GrowsWithEachUnderrunUpToALimit) {
  TalkStock stock;
  for (std::uint64_t n = 1; n <= 4; ++n) {
    stock.update(kStart, n);
    EXPECT_EQ(stock.wanted(), TalkStock::kLeast + n * TalkStock::kStep);
    stock.update(kStart + milliseconds(10), n);
    EXPECT_EQ(stock.wanted(), TalkStock::kLeast + n * TalkStock::kStep) << "each counts once";
  }
  stock.update(kStart, 100);
  EXPECT_EQ(stock.wanted(), TalkStock::kMost);
}

TEST(TalkStock, IsTakenBackStepByStepWhenAllIsCalm) {
  TalkStock stock;
  stock.update(kStart, 1);
  stock.update(kStart, 2);
  const Duration most = stock.wanted();
  stock.update(kStart + TalkStock::kCalm, 2);
  EXPECT_EQ(stock.wanted(), most);
  stock.update(kStart + TalkStock::kCalm + milliseconds(1), 2);
  EXPECT_EQ(stock.wanted(), most - TalkStock::kStep);
  stock.update(kStart + TalkStock::kCalm + milliseconds(2), 2);
  EXPECT_EQ(stock.wanted(), most - TalkStock::kStep);
  for (int n = 2; n < 20; ++n) stock.update(kStart + n * 2 * TalkStock::kCalm, 2);
  EXPECT_EQ(stock.wanted(), TalkStock::kLeast);
}

}  // namespace
}  // namespace perch::codec
