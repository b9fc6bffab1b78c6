#include "hal/video/device_watch.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/hal/video/temporary_folder.hpp"

namespace perch::video {
namespace {

TEST(DeviceWatch, TellsOfVideoNodesThatCameOrChangedAndOfNothingElse) {
  const TemporaryFolder folder;
  auto watch = DeviceWatch::create(folder.path(""));
  ASSERT_TRUE(watch);
  const auto make = [&](const char* name) { std::ofstream(folder.path(name)) << "x"; };
  EXPECT_FALSE(watch->take_changes());
  make("tty7");
  EXPECT_FALSE(watch->take_changes());
  make("video3");
  pollfd entry{watch->fd(), POLLIN, 0};
  EXPECT_EQ(poll(&entry, 1, 0), 1);
  EXPECT_TRUE(watch->take_changes());
  EXPECT_FALSE(watch->take_changes()) << "told once";
  ASSERT_EQ(chmod(folder.path("video3").c_str(), 0600), 0);
  EXPECT_TRUE(watch->take_changes());
}

TEST(DeviceWatch, IsNothingWhereThereIsNoFolder) { EXPECT_FALSE(DeviceWatch::create("/nowhere/at/all")); }

}  // namespace
}  // namespace perch::video
