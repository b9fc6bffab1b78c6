// See loopback_camera.hpp.
#include "tests/device/loopback_camera.hpp"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <unistd.h>

#include "hal/video/v4l2_device.hpp"

namespace perch::video {

Result<LoopbackCamera> LoopbackCamera::create(const char* path, const VideoFormat& format) {
  UniqueFd fd(open(path, O_RDWR | O_CLOEXEC));
  if (!fd) return fail_errno(path);
  v4l2_format argument{};
  argument.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
  argument.fmt.pix.width = static_cast<__u32>(format.size.width);
  argument.fmt.pix.height = static_cast<__u32>(format.size.height);
  argument.fmt.pix.pixelformat = to_fourcc(format.pixel);
  argument.fmt.pix.sizeimage = argument.fmt.pix.width * argument.fmt.pix.height;
  if (xioctl(fd.get(), VIDIOC_S_FMT, &argument) != 0) return fail_errno("VIDIOC_S_FMT of the loopback's output");
  return LoopbackCamera(std::move(fd));
}

bool LoopbackCamera::show(ByteView frame) {
  return write(fd_.get(), frame.data(), frame.size()) == static_cast<ssize_t>(frame.size());
}

}  // namespace perch::video
