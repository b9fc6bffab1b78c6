#include "tests/system/netsim/options.hpp"

#include <gtest/gtest.h>

namespace perch::netsim {
namespace {

Result<Options> parse(const std::vector<const char*>& arguments) { return parse_options(arguments); }

TEST(NetsimOptions, ReadsEveryOption) {
  const auto options = parse({"--a", "/proc/1/ns/net,left", "--b", "/proc/2/ns/net,right", "--a-to-b", "delay=5",
                              "--b-to-a", "loss=0.5", "--seed", "7", "--seconds", "1.5", "--wait-for-signal"});
  ASSERT_TRUE(options) << options.error().message();
  EXPECT_EQ(options->a.network_namespace, "/proc/1/ns/net");
  EXPECT_EQ(options->b.device, "right");
  EXPECT_EQ(options->a_to_b.delay, milliseconds(5));
  EXPECT_EQ(options->b_to_a.loss, 0.5);
  EXPECT_EQ(options->seed, 7U);
  EXPECT_EQ(options->lifetime, milliseconds(1500));
  EXPECT_TRUE(options->wait_for_signal);
}

TEST(NetsimOptions, BothEndsAreWanted) {
  EXPECT_FALSE(parse({}));
  EXPECT_FALSE(parse({"--a", "x,y"}));
  EXPECT_TRUE(parse({"--a", "x,y", "--b", "x,z"}));
}

TEST(NetsimOptions, NamesTheOptionThatIsWrong) {
  for (const std::vector<const char*>& wrong : {std::vector<const char*>{"--a", "x"},
                                                {"--a-to-b", "delay"},
                                                {"--seed", "-1"},
                                                {"--seconds", "x"},
                                                {"--what", "1"},
                                                {"--b"}}) {
    const auto options = parse(wrong);
    ASSERT_FALSE(options) << wrong[0];
    EXPECT_NE(options.error().context.find(wrong[0]), std::string::npos);
  }
}

TEST(NetsimOptions, HelpIsEnough) { EXPECT_TRUE(parse({"--help"})->help); }

}  // namespace
}  // namespace perch::netsim
