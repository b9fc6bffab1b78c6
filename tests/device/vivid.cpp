// See vivid.hpp.
#include "tests/device/vivid.hpp"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <unistd.h>

#include <string_view>

#include "hal/base/unique_fd.hpp"
#include "hal/video/v4l2_device.hpp"

namespace perch::video {
namespace {

bool write_to(const std::string& path, const std::string& text) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

constexpr const char* kDriver = "/sys/bus/platform/drivers/vivid/";

}  // namespace

bool unplug_vivid(int number) { return write_to(std::string(kDriver) + "unbind", "vivid." + std::to_string(number)); }
bool plug_in_vivid(int number) { return write_to(std::string(kDriver) + "bind", "vivid." + std::to_string(number)); }

bool set_control(const std::string& device, const std::string& name, int value) {
  const UniqueFd fd(open(device.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  v4l2_queryctrl query{};
  for (query.id = V4L2_CTRL_FLAG_NEXT_CTRL; xioctl(fd.get(), VIDIOC_QUERYCTRL, &query) == 0;
       query.id |= V4L2_CTRL_FLAG_NEXT_CTRL) {
    if (name != reinterpret_cast<const char*>(query.name)) continue;
    v4l2_control control{query.id, value};
    return xioctl(fd.get(), VIDIOC_S_CTRL, &control) == 0;
  }
  return false;
}

}  // namespace perch::video
