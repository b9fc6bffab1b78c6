#include "tests/system/netsim/link_spec.hpp"

#include <gtest/gtest.h>

namespace perch::netsim {
namespace {

using Phase = CapacitySchedule::Phase;

TEST(NetsimLinkSpec, ReadsEveryKey) {
  const auto link =
      parse_link("rate=2000+500@1.5,queue=200,delay=25,loss=0.05,burst=0.01/0.3,jitter=5,blackout=0-10+20-21");
  ASSERT_TRUE(link) << link.error().message();
  const std::vector<Phase> phases{{Duration{}, Bitrate::kbps(2000)}, {milliseconds(1500), Bitrate::kbps(500)}};
  EXPECT_EQ(link->capacity.phases(), phases);
  EXPECT_EQ(link->queue_limit, milliseconds(200));
  EXPECT_EQ(link->delay, milliseconds(25));
  EXPECT_EQ(link->loss, 0.05);
  EXPECT_EQ(link->burst_begin, 0.01);
  EXPECT_EQ(link->burst_end, 0.3);
  EXPECT_EQ(link->jitter_deviation, milliseconds(5));
  const std::vector<LinkConfig::Span> blackouts{{seconds(0), seconds(10)}, {seconds(20), seconds(21)}};
  EXPECT_EQ(link->blackouts, blackouts);
}

TEST(NetsimLinkSpec, NothingIsALinkWithoutLimits) {
  const auto link = parse_link("");
  ASSERT_TRUE(link);
  EXPECT_TRUE(link->capacity.unlimited());
  EXPECT_EQ(link->delay, Duration{});
}

TEST(NetsimLinkSpec, RefusesWhatItCannotMean) {
  for (const char* text : {",",
                           "rate",
                           "rate=",
                           "rate=0",
                           "rate=-5",
                           "rate=nan",
                           "rate=1e99",
                           "rate=2000@",
                           "rate=2000+500",
                           "rate=2000@5+500@4",
                           "delay=5x",
                           "delay=",
                           "delay=1e300",
                           "loss=1.5",
                           "loss=-0.1",
                           "burst=0.1",
                           "burst=0.1/2",
                           "blackout=5",
                           "blackout=5-5",
                           "blackout=1-2-3",
                           "delay=5,delay=6",
                           "speed=5",
                           "delay=5,",
                           "delay==5"}) {
    const auto link = parse_link(text);
    ASSERT_FALSE(link) << text;
    EXPECT_EQ(link.error().code, Errc::kInvalid) << text;
  }
}

TEST(NetsimLinkSpec, NamesTheWordThatIsWrong) {
  EXPECT_NE(parse_link("delay=5,loss=7").error().context.find("loss=7"), std::string::npos);
}

// Cut anywhere, it is either refused or means something shorter; it never crashes.
TEST(NetsimLinkSpec, SurvivesTruncation) {
  const std::string whole = "rate=2000@0+500@1.5,queue=200,burst=0.01/0.3,blackout=0-10";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto link = parse_link(whole.substr(0, length));
    const bool in_the_middle =
        length > 0 && std::string_view("=@+,/-").find(whole[length - 1]) != std::string_view::npos;
    EXPECT_FALSE(in_the_middle && link) << whole.substr(0, length);
  }
}

}  // namespace
}  // namespace perch::netsim
