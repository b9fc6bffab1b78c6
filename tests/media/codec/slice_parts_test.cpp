#include "media/codec/slice_parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace perch::codec {
namespace {

constexpr TimePoint kStart{seconds(5)};

void add(SliceParts& parts, Bytes nal) {
  constexpr std::size_t kPrefix = 4;
  std::ranges::copy(nal, parts.space(kPrefix + nal.size()) + kPrefix);
  parts.add(kPrefix, nal.size());
}

TEST(SliceParts, LetsTheFirstSliceGoAtOnceAndThenWhatHasGathered) {
  SliceParts parts;
  parts.begin();
  add(parts, {1, 2});
  EXPECT_TRUE(parts.due(kStart));
  EXPECT_EQ(parts.take(kStart).size(), 1u);
  add(parts, {3});
  EXPECT_FALSE(parts.due(kStart + milliseconds(1)));
  add(parts, {4});
  EXPECT_TRUE(parts.due(kStart + milliseconds(2)));
  EXPECT_EQ(parts.take(kStart + milliseconds(2)).size(), 2u);
  EXPECT_FALSE(parts.due(kStart + milliseconds(3)));
  parts.begin();
  EXPECT_TRUE(parts.due(kStart + milliseconds(3))) << "a picture of its own";
}

TEST(SliceParts, KeepsTheBytesWhileItGrows) {
  SliceParts parts;
  parts.begin();
  for (std::uint8_t i = 0; i < 100; ++i) add(parts, Bytes(100, i));
  const auto nals = parts.take(kStart);
  ASSERT_EQ(nals.size(), 100u);
  for (std::uint8_t i = 0; i < 100; ++i) EXPECT_TRUE(std::ranges::equal(nals[i], Bytes(100, i))) << int{i};
}

}  // namespace
}  // namespace perch::codec
