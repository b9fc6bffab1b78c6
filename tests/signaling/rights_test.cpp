#include "signaling/rights.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

TEST(Rights, AreWordsBothWays) {
  const auto rights = rights_from({"talk", "watch", "watch"});
  ASSERT_TRUE(rights);
  EXPECT_EQ(*rights, (Rights{.watch = true, .talk = true}));
  EXPECT_EQ(words_of(*rights), (std::vector<std::string>{"watch", "talk"}));
  EXPECT_EQ(words_of({true, true, true, true}), (std::vector<std::string>{"watch", "listen", "talk", "control"}));
  EXPECT_EQ(*rights_from({}), Rights{});
}

TEST(Rights, AnUnknownWordIsRefusedWithTheOnesThereAre) {
  for (const char* word : {"", "Watch", "admin", "watch "}) {
    const auto rights = rights_from({"watch", word});
    ASSERT_FALSE(rights) << word;
    EXPECT_NE(rights.error().message().find("control"), std::string::npos);
  }
}

}  // namespace
}  // namespace perch::signaling
