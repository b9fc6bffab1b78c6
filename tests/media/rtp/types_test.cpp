#include "media/rtp/types.hpp"

#include <gtest/gtest.h>

namespace perch::rtp {
namespace {

TEST(SequenceNumber, ComparesAcrossTheWrap) {
  EXPECT_TRUE((SequenceNumber{1}.newer_than({0xFFFF})));
  EXPECT_FALSE((SequenceNumber{0xFFFF}.newer_than({1})));
  EXPECT_FALSE((SequenceNumber{7}.newer_than({7})));
  EXPECT_EQ(SequenceNumber{0xFFFF} + 2, SequenceNumber{1});
}

TEST(SequenceUnwrapper, CountsOnThroughManyWrapsAndBackwards) {
  SequenceUnwrapper unwrapper;
  std::int64_t expected = 65000;
  std::uint16_t number = 65000;
  for (int i = 0; i < 300'000; i += 1000) {
    ASSERT_EQ(unwrapper.unwrap({number}), expected);
    ASSERT_EQ(unwrapper.unwrap({static_cast<std::uint16_t>(number - 5)}), expected - 5);
    number = static_cast<std::uint16_t>(number + 1000);
    expected += 1000;
  }
}

}  // namespace
}  // namespace perch::rtp
