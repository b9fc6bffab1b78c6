// See v4l2_device.hpp. API: the kernel's "Video for Linux API" documentation, chapter 1.
#include "hal/video/v4l2_device.hpp"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "hal/base/text.hpp"
#include "hal/video/device_users.hpp"

namespace perch::video {
namespace {

tl::unexpected<Error> cannot_open(const std::string& path, int os_error) {
  switch (os_error) {
    case ENOENT:
    case ENODEV:
    case ENXIO: return fail(Errc::kNotFound, "no camera at " + path, os_error);
    case EACCES:
    case EPERM: return fail(Errc::kPermission, "may not open " + path + ": " + describe_device_group(path), os_error);
    case EBUSY: return fail(Errc::kBusy, path + " is " + describe_device_users(path), os_error);
    default: return fail(Errc::kIo, "cannot open " + path, os_error);
  }
}

// Names come from the device: anything but printable ASCII is somebody's bug or trick.
std::string printable(const __u8* text, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size && text[i] != 0; ++i) {
    out += text[i] >= 0x20 && text[i] < 0x7f ? static_cast<char>(text[i]) : '?';
  }
  return out;
}

// The Raspberry Pi's: their nodes take frames from memory and would wait for them for ever.
bool is_image_processor(const std::string& driver) { return driver == "bcm2835-isp" || driver == "pispbe"; }

}  // namespace

int xioctl(int fd, unsigned long request, void* argument) {
  int result = -1;
  do result = ioctl(fd, request, argument);
  while (result < 0 && errno == EINTR);
  return result;
}

Result<V4l2Device> V4l2Device::open(const std::string& path) {
  auto device = open_node(path);
  if (device || device.error().code != Errc::kNotFound) return device;
  Error error = device.error();
  error.context += "; there is: " + describe_cameras();
  return fail(std::move(error));
}

Result<V4l2Device> V4l2Device::open_node(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return cannot_open(path, errno);
  V4l2Device device(std::move(fd), path);
  if (auto queried = device.query_capabilities(); !queried) return fail(queried.error());
  return device;
}

Result<void> V4l2Device::query_capabilities() {
  struct stat info {};
  v4l2_capability capability{};
  if (fstat(fd_.get(), &info) != 0 || !S_ISCHR(info.st_mode) || xioctl(fd_.get(), VIDIOC_QUERYCAP, &capability) != 0) {
    return fail(Errc::kUnsupported, path_ + " is not a camera");
  }
  // One driver may have several nodes; capabilities are those of all, device_caps those of this one.
  const __u32 caps = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps : capability.capabilities;
  multi_planar_ = !(caps & V4L2_CAP_VIDEO_CAPTURE) && (caps & V4L2_CAP_VIDEO_CAPTURE_MPLANE);
  card_ = printable(capability.card, sizeof capability.card);
  standalone_ = !(caps & V4L2_CAP_IO_MC) && !is_image_processor(printable(capability.driver, sizeof capability.driver));
  if (!(caps & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) || !(caps & V4L2_CAP_STREAMING)) {
    return fail(Errc::kUnsupported, path_ + " (" + card_ + ") does not capture video");
  }
  return {};
}

unsigned V4l2Device::buffer_type() const {
  return multi_planar_ ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

tl::unexpected<Error> V4l2Device::fail_ioctl(const std::string& what) const {
  const int os_error = errno;
  if (os_error == ENODEV) return fail(Errc::kNotFound, path_ + " (" + card_ + ") is gone", os_error);
  if (os_error == EBUSY) return fail(Errc::kBusy, path_ + " is " + describe_device_users(path_), os_error);
  return fail(Errc::kIo, path_ + ": " + what, os_error);
}

std::uint32_t to_fourcc(PixelFormat format) {
  switch (format) {
    case PixelFormat::kI420: return V4L2_PIX_FMT_YUV420;
    case PixelFormat::kNv12: return V4L2_PIX_FMT_NV12;
    case PixelFormat::kYuyv: return V4L2_PIX_FMT_YUYV;
    case PixelFormat::kMjpeg: return V4L2_PIX_FMT_MJPEG;
    case PixelFormat::kH264: return V4L2_PIX_FMT_H264;
  }
  return 0;
}

std::optional<PixelFormat> from_fourcc(std::uint32_t fourcc) {
  // Some drivers call the same pictures JPEG.
  if (fourcc == V4L2_PIX_FMT_JPEG) return PixelFormat::kMjpeg;
  for (const PixelFormat format :
       {PixelFormat::kI420, PixelFormat::kNv12, PixelFormat::kYuyv, PixelFormat::kMjpeg, PixelFormat::kH264}) {
    if (to_fourcc(format) == fourcc) return format;
  }
  return std::nullopt;
}

std::vector<std::string> list_video_nodes() {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator dev("/dev", error), end; !error && dev != end; dev.increment(error)) {
    const std::string name = dev->path().filename();
    if (!name.starts_with("video")) continue;
    if (const auto number = parse_decimal(std::string_view(name).substr(5), 255)) numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  std::vector<std::string> paths;
  paths.reserve(numbers.size());
  for (const std::uint64_t number : numbers) paths.push_back("/dev/video" + std::to_string(number));
  return paths;
}

std::string describe_cameras() {
  std::string text;
  for (const std::string& path : list_video_nodes()) {
    const auto device = V4l2Device::open_node(path);
    if (!device && device.error().code != Errc::kPermission) continue;
    text += (text.empty() ? "" : ", ") + path + " (" + (device ? device->card() : "no permission") + ")";
  }
  return text.empty() ? "no camera" : text;
}

}  // namespace perch::video
