// The parts of perch-libcamera that need no libcamera.
#include <gtest/gtest.h>

#include "hal/video/libcamera/options.hpp"
#include "hal/video/libcamera/rate_limit.hpp"

namespace perch::video {
namespace {

// How many of a second's frames are kept when the camera delivers `offered` per second and is asked for `wanted`.
int kept(int offered, std::uint32_t wanted, nanoseconds jitter = {}) {
  RateLimit limit(FrameRate{wanted, 1});
  int count = 0;
  for (int n = 0; n < 10 * offered; ++n) {
    const nanoseconds stamp = seconds(1000) + nanoseconds(seconds(n)) / offered + (n % 2 == 0 ? jitter : -jitter);
    if (limit.keeps(stamp)) ++count;
  }
  return count / 10;
}

TEST(RateLimit, KeepsEveryFrameOfACameraThatKeepsItsRate) {
  EXPECT_EQ(kept(30, 30), 30);
  EXPECT_EQ(kept(15, 30), 15);
  EXPECT_EQ(kept(30, 30, milliseconds(3)), 30);
}

TEST(RateLimit, ThinsOutToTheRateThatWasAskedFor) {
  EXPECT_EQ(kept(60, 30), 30);
  EXPECT_EQ(kept(43, 30), 30);
  EXPECT_EQ(kept(100, 10), 10);
}

TEST(RateLimit, DoesNotCatchUpAfterAPause) {
  RateLimit limit(FrameRate{10, 1});
  EXPECT_TRUE(limit.keeps(seconds(1000)));
  EXPECT_TRUE(limit.keeps(seconds(1005)));
  EXPECT_FALSE(limit.keeps(seconds(1005) + milliseconds(20)));
  EXPECT_TRUE(limit.keeps(seconds(1005) + milliseconds(100)));
}

TEST(LibcameraOptions, AreWhatTheDaemonSays) {
  const auto options = parse_libcamera_options({"--camera", "imx219", "--size", "640x480", "--rate", "30000/1001",
                                                "--control", "brightness=1", "--control", "gain=2"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->camera, "imx219");
  EXPECT_EQ(options->size, (Size{640, 480}));
  EXPECT_EQ(options->rate, (FrameRate{30000, 1001}));
  EXPECT_EQ(options->controls, (std::vector<std::string>{"brightness=1", "gain=2"}));
  EXPECT_TRUE(parse_libcamera_options({"--list"})->list);
}

TEST(LibcameraOptions, WrongOnesAreNamed) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"--size", "640"},
                                                                 {"--size", "0x480"},
                                                                 {"--size"},
                                                                 {"--rate", "30"},
                                                                 {"--rate", "30/0"},
                                                                 {"--speed", "1/1"}}) {
    const auto options = parse_libcamera_options(words);
    ASSERT_FALSE(options) << words[0];
    EXPECT_NE(options.error().context.find(words[0]), std::string::npos);
  }
}

}  // namespace
}  // namespace perch::video
