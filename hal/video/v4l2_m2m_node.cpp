// See v4l2_m2m_node.hpp.
#include "hal/video/v4l2_m2m_node.hpp"

#include <fcntl.h>
#include <linux/videodev2.h>

#include <algorithm>
#include <cerrno>

#include "hal/video/device_users.hpp"

namespace perch::video {
namespace {

constexpr __u32 kMaxFormats = 128;  // a driver that never says "no more" must not hold us

std::string text_of(const __u8* text, std::size_t size) {
  const std::string whole(reinterpret_cast<const char*>(text), size);
  std::string out = whole.substr(0, whole.find('\0'));
  std::ranges::replace_if(
      out, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return out;
}

}  // namespace

std::uint32_t to_fourcc(CodedFormat format) {
  return format == CodedFormat::kH264 ? V4L2_PIX_FMT_H264 : V4L2_PIX_FMT_FWHT;
}

Result<V4l2M2mNode> V4l2M2mNode::open(const std::string& path, CodedFormat coded) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd && errno == EACCES)
    return fail(Errc::kPermission, "may not open " + path + ": " + describe_device_group(path), EACCES);
  if (!fd) return fail(Errc::kUnavailable, "cannot open " + path, errno);
  return adopt(std::move(fd), path, coded, xioctl);
}

Result<V4l2M2mNode> V4l2M2mNode::adopt(UniqueFd fd, std::string path, CodedFormat coded, IoctlFunction function) {
  V4l2M2mNode node(std::move(fd), std::move(path), coded, function);
  if (auto queried = node.query_capabilities(); !queried) return fail(queried.error());
  return node;
}

Result<void> V4l2M2mNode::query_capabilities() {
  v4l2_capability capability{};
  if (ioctl(VIDIOC_QUERYCAP, &capability) != 0) return fail(Errc::kUnsupported, path_ + " is not a video device");
  const __u32 caps = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps : capability.capabilities;
  // Older drivers say M2M as "captures and outputs".
  const auto has = [caps](__u32 wanted) { return (caps & wanted) == wanted; };
  const bool single = has(V4L2_CAP_VIDEO_M2M) || has(V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_OUTPUT);
  multi_planar_ = has(V4L2_CAP_VIDEO_M2M_MPLANE) || has(V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_VIDEO_OUTPUT_MPLANE);
  card_ = text_of(capability.card, sizeof capability.card);
  if (!(single || multi_planar_) || !has(V4L2_CAP_STREAMING))
    return fail(Errc::kUnsupported, path_ + " (" + card_ + ") is no codec");
  const auto coded = list_fourccs(multi_planar_ ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE);
  for (const std::uint32_t raw :
       list_fourccs(multi_planar_ ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_OUTPUT)) {
    const auto pixel = from_fourcc(raw);
    if (pixel && !is_compressed(*pixel) && !takes(*pixel)) takes_.push_back(*pixel);
  }
  // A decoder has the coded format at the other end.
  if (std::ranges::find(coded, to_fourcc(coded_)) == coded.end() || takes_.empty())
    return fail(Errc::kUnsupported, path_ + " (" + card_ + ") is no such encoder");
  return {};
}

std::vector<std::uint32_t> V4l2M2mNode::list_fourccs(unsigned buffer_type) const {
  std::vector<std::uint32_t> fourccs;
  for (__u32 i = 0; i < kMaxFormats; ++i) {
    v4l2_fmtdesc entry{};
    entry.index = i;
    entry.type = buffer_type;
    if (ioctl(VIDIOC_ENUM_FMT, &entry) != 0) break;
    fourccs.push_back(entry.pixelformat);
  }
  return fourccs;
}

bool V4l2M2mNode::takes(PixelFormat pixel) const { return std::ranges::find(takes_, pixel) != takes_.end(); }

tl::unexpected<Error> V4l2M2mNode::fail_ioctl(const std::string& what) const {
  const int os_error = errno;
  return fail(os_error == ENODEV ? Errc::kNotFound : Errc::kIo, path_ + " (" + card_ + "): " + what, os_error);
}

Result<V4l2M2mNode> find_m2m_encoder(CodedFormat coded) {
  std::string closed;
  for (const std::string& path : list_video_nodes()) {
    auto node = V4l2M2mNode::open(path, coded);
    if (node) return node;
    if (node.error().code == Errc::kPermission) closed += (closed.empty() ? " (no permission for " : ", ") + path;
  }
  return fail(Errc::kNotFound, "no M2M encoder found" + (closed.empty() ? closed : closed + ")"));
}

}  // namespace perch::video
