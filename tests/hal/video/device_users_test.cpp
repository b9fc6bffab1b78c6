#include "hal/video/device_users.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "hal/base/unique_fd.hpp"
#include "tests/hal/video/temporary_folder.hpp"

namespace perch::video {
namespace {

// A procfs with one process that has `file` open.
void add_process(const TemporaryFolder& proc, const std::string& pid, const std::string& comm,
                 const std::string& file) {
  std::filesystem::create_directories(proc.path(pid + "/fd"));
  std::filesystem::create_symlink("/dev/null", proc.path(pid + "/fd/0"));
  std::filesystem::create_symlink(file, proc.path(pid + "/fd/5"));
  proc.write(pid + "/comm", as_bytes(comm + "\n"));
}

TEST(DeviceUsers, NamesTheProcess) {
  const TemporaryFolder proc;
  add_process(proc, "4711", "ffmpeg", "/dev/video7");
  add_process(proc, "4712", "other", "/dev/video8");
  std::filesystem::create_directories(proc.path("self/fd"));
  EXPECT_EQ(describe_device_users("/dev/video7", proc.path("")), "held by ffmpeg (pid 4711)");
}

TEST(DeviceUsers, FollowsLinksToTheDevice) {
  const TemporaryFolder proc;
  const std::string device = proc.write("device", {});
  std::filesystem::create_symlink(device, proc.path("by-id"));
  add_process(proc, "12", "motion", device);
  EXPECT_EQ(describe_device_users(proc.path("by-id"), proc.path("")), "held by motion (pid 12)");
}

TEST(DeviceUsers, LeavesOurselvesOut) {
  const TemporaryFolder folder;
  const std::string file = folder.write("held", {});
  const UniqueFd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(fd);
  EXPECT_EQ(describe_device_users(file), "held by another program");
}

TEST(DeviceUsers, SaysSoWhenItCannotSee) {
  EXPECT_EQ(describe_device_users("/dev/video7", "/nonexistent"), "held by another program");
}

TEST(DeviceGroup, IsTheFilesOwnWhereThatMayReadAndWrite) {
  const TemporaryFolder folder;
  const std::string node = folder.write("video0", {});
  group entry{};
  group* found = nullptr;
  std::array<char, 4096> names{};
  ASSERT_EQ(getgrgid_r(getegid(), &entry, names.data(), names.size(), &found), 0);
  ASSERT_EQ(chmod(node.c_str(), 0660), 0);
  const bool root = getegid() == 0;
  EXPECT_EQ(describe_device_group(node), std::string("add the user to group ") + (root ? "video" : entry.gr_name));
  if (geteuid() == 0) {
    ASSERT_NE(getgrgid_r(1, &entry, names.data(), names.size(), &found), -1);
    ASSERT_TRUE(found) << "a system without group 1";
    ASSERT_EQ(chown(node.c_str(), 0, 1), 0);
    EXPECT_EQ(describe_device_group(node), std::string("add the user to group ") + entry.gr_name);
  }
  ASSERT_EQ(chmod(node.c_str(), 0600), 0);
  EXPECT_EQ(describe_device_group(node), "add the user to group video") << "its group would not help";
  EXPECT_EQ(describe_device_group("/nowhere"), "add the user to group video");
}

}  // namespace
}  // namespace perch::video
