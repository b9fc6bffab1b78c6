// See device_users.hpp.
#include "hal/video/device_users.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "hal/base/text.hpp"

namespace perch::video {
namespace {

namespace fs = std::filesystem;

bool has_open(const fs::path& process, const fs::path& device) {
  std::error_code error;
  for (fs::directory_iterator fds(process / "fd", error), end; !error && fds != end; fds.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(fds->path(), unreadable) == device) return true;
  }
  return false;
}

std::string name_of(const fs::path& process) {
  std::string name;
  std::ifstream comm(process / "comm");
  std::getline(comm, name);
  return name.empty() ? "a program" : name;
}

}  // namespace

std::string describe_device_users(const std::string& device, const std::string& proc) {
  const std::string self = std::to_string(getpid());
  std::error_code error;
  fs::path target = fs::canonical(device, error);  // /dev/v4l/by-id/... are links
  if (error) target = device;
  std::string users;
  for (fs::directory_iterator all(proc, error), end; !error && all != end; all.increment(error)) {
    const std::string pid = all->path().filename();
    if (pid == self || !parse_decimal(pid, 1u << 31) || !has_open(all->path(), target)) continue;
    users += (users.empty() ? "held by " : ", ") + name_of(all->path()) + " (pid " + pid + ")";
  }
  return users.empty() ? "held by another program" : users;
}

std::string describe_device_group(const std::string& device) {
  struct stat info {};
  group entry{};
  group* found = nullptr;
  std::array<char, 4096> names{};
  const bool known = stat(device.c_str(), &info) == 0 && (info.st_mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP) &&
                     getgrgid_r(info.st_gid, &entry, names.data(), names.size(), &found) == 0 && found != nullptr;
  // Nobody is to join group root for a camera: such a node has not been given to its group yet.
  const bool has_group = known && info.st_gid != 0;
  return std::string("add the user to group ") + (has_group ? entry.gr_name : "video");
}

}  // namespace perch::video
