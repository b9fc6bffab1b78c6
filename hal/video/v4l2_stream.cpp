// See v4l2_stream.hpp. API: "Video for Linux API", section 3.2, streaming I/O (memory mapping).
#include "hal/video/v4l2_stream.hpp"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace perch::video {
namespace {

// A v4l2_buffer and the plane it points to in the multi-planar API. Every format we use lies in one memory plane.
struct BufferArgument {
  v4l2_buffer buffer{};
  v4l2_plane plane{};

  BufferArgument(const V4l2Device& device, std::uint32_t index) : multi_planar(device.multi_planar()) {
    buffer.type = device.buffer_type();
    buffer.memory = V4L2_MEMORY_MMAP;
    buffer.index = index;
    if (!multi_planar) return;
    buffer.m.planes = &plane;
    buffer.length = 1;
  }
  BufferArgument(const BufferArgument&) = delete;
  BufferArgument& operator=(const BufferArgument&) = delete;

  [[nodiscard]] std::size_t length() const { return multi_planar ? plane.length : buffer.length; }
  [[nodiscard]] std::int64_t offset() const { return multi_planar ? plane.m.mem_offset : buffer.m.offset; }
  /// [begin, end) of the data within the buffer.
  [[nodiscard]] std::size_t begin() const { return multi_planar ? plane.data_offset : 0; }
  [[nodiscard]] std::size_t end() const { return multi_planar ? plane.bytesused : buffer.bytesused; }

 private:
  bool multi_planar;
};

std::optional<TimePoint> timestamp_of(const v4l2_buffer& buffer) {
  if ((buffer.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC) return std::nullopt;
  return TimePoint(seconds(buffer.timestamp.tv_sec) + microseconds(buffer.timestamp.tv_usec));
}

ByteView filled_part(ByteView memory, const BufferArgument& argument) {
  const std::size_t end = std::min(argument.end(), memory.size()), begin = std::min(argument.begin(), end);
  return memory.subspan(begin, end - begin);
}

void fill_in(v4l2_format& argument, const VideoFormat& wanted, bool multi_planar) {
  const auto width = static_cast<__u32>(wanted.size.width), height = static_cast<__u32>(wanted.size.height);
  if (multi_planar) {
    argument.fmt.pix_mp.width = width;
    argument.fmt.pix_mp.height = height;
    argument.fmt.pix_mp.pixelformat = to_fourcc(wanted.pixel);
    argument.fmt.pix_mp.field = V4L2_FIELD_NONE;
    argument.fmt.pix_mp.num_planes = 1;
  } else {
    argument.fmt.pix.width = width;
    argument.fmt.pix.height = height;
    argument.fmt.pix.pixelformat = to_fourcc(wanted.pixel);
    argument.fmt.pix.field = V4L2_FIELD_NONE;
  }
}

struct GivenFormat {
  __u32 width, height, fourcc, stride;
};
GivenFormat given(const v4l2_format& argument, bool multi_planar) {
  const v4l2_pix_format& pix = argument.fmt.pix;
  const v4l2_pix_format_mplane& mp = argument.fmt.pix_mp;
  if (!multi_planar) return {pix.width, pix.height, pix.pixelformat, pix.bytesperline};
  return {mp.width, mp.height, mp.pixelformat, mp.plane_fmt[0].bytesperline};
}

// The rate the driver settles for; `wanted` where it has no say (VIDIOC_S_PARM is optional).
FrameRate set_rate(const V4l2Device& device, FrameRate wanted) {
  v4l2_streamparm parameters{};
  parameters.type = device.buffer_type();
  parameters.parm.capture.timeperframe = {wanted.denominator, wanted.numerator};
  if (xioctl(device.fd(), VIDIOC_S_PARM, &parameters) != 0) return wanted;
  const v4l2_fract& interval = parameters.parm.capture.timeperframe;
  if (interval.numerator == 0 || interval.denominator == 0) return wanted;
  return {interval.denominator, interval.numerator};
}

}  // namespace

Result<MappedMemory> MappedMemory::map(int fd, std::size_t length, std::int64_t offset, bool writable) {
  void* address = mmap(nullptr, length, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd, offset);
  if (address == MAP_FAILED) return fail_errno("cannot map a video buffer");
  return MappedMemory({static_cast<std::uint8_t*>(address), length});
}

MappedMemory::~MappedMemory() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

Result<NegotiatedFormat> set_format(const V4l2Device& device, const VideoFormat& wanted) {
  v4l2_format argument{};
  argument.type = device.buffer_type();
  fill_in(argument, wanted, device.multi_planar());
  if (xioctl(device.fd(), VIDIOC_S_FMT, &argument) != 0) return device.fail_ioctl("cannot set the format");
  const GivenFormat got = given(argument, device.multi_planar());
  const auto pixel = from_fourcc(got.fourcc);
  if (!pixel) return fail(Errc::kUnsupported, device.path() + ": the camera changed to a pixel format we cannot use");
  const VideoFormat format{
      *pixel, {static_cast<int>(got.width), static_cast<int>(got.height)}, set_rate(device, wanted.rate)};
  const int packed = packed_stride(*pixel, format.size.width);
  return NegotiatedFormat{format, is_compressed(*pixel) ? 0 : std::max(packed, static_cast<int>(got.stride))};
}

Result<V4l2Stream> V4l2Stream::start(V4l2Device device, std::uint32_t count) {
  V4l2Stream stream(std::move(device));
  const auto granted = stream.request_buffers(count);
  if (!granted) return fail(granted.error());
  for (std::uint32_t i = 0; i < *granted; ++i) {
    if (auto mapped = stream.map_buffer(i); !mapped) return fail(mapped.error());
    if (auto queued = stream.queue(i); !queued) return fail(queued.error());
  }
  unsigned type = stream.device_.buffer_type();
  if (xioctl(stream.device_.fd(), VIDIOC_STREAMON, &type) != 0)
    return stream.device_.fail_ioctl("cannot start the camera");
  return stream;
}

Result<std::uint32_t> V4l2Stream::request_buffers(std::uint32_t count) {
  v4l2_requestbuffers request{};
  request.count = count;
  request.type = device_.buffer_type();
  request.memory = V4L2_MEMORY_MMAP;
  if (xioctl(device_.fd(), VIDIOC_REQBUFS, &request) != 0) return device_.fail_ioctl("cannot get capture buffers");
  // While one is lent out, another must be with the driver. v4l2loopback has no more than two.
  if (request.count < 2) return fail(Errc::kUnavailable, device_.path() + ": too little memory for capture buffers");
  buffers_.reserve(request.count);
  return request.count;
}

Result<void> V4l2Stream::map_buffer(std::uint32_t index) {
  BufferArgument argument(device_, index);
  if (xioctl(device_.fd(), VIDIOC_QUERYBUF, &argument.buffer) != 0)
    return device_.fail_ioctl("cannot query a capture buffer");
  auto memory = MappedMemory::map(device_.fd(), argument.length(), argument.offset());
  if (!memory) return fail(memory.error());
  buffers_.push_back(std::move(*memory));
  return {};
}

Result<std::optional<FilledBuffer>> V4l2Stream::dequeue() {
  BufferArgument argument(device_, 0);
  if (xioctl(device_.fd(), VIDIOC_DQBUF, &argument.buffer) != 0) {
    if (errno == EAGAIN) return std::nullopt;
    return device_.fail_ioctl("the camera stopped delivering");
  }
  const v4l2_buffer& buffer = argument.buffer;
  if (buffer.index >= buffers_.size())
    return fail(Errc::kInternal, device_.path() + ": the driver named a buffer it has not");
  return FilledBuffer{buffer.index,     filled_part(buffers_[buffer.index].bytes(), argument),
                      argument.begin(), (buffer.flags & V4L2_BUF_FLAG_ERROR) != 0,
                      buffer.sequence,  timestamp_of(buffer)};
}

bool V4l2Stream::export_dmabufs() {
  while (dmabufs_.size() < buffers_.size()) {
    v4l2_exportbuffer argument{};
    argument.type = device_.buffer_type();
    argument.index = static_cast<__u32>(dmabufs_.size());
    argument.flags = O_RDWR | O_CLOEXEC;
    if (xioctl(device_.fd(), VIDIOC_EXPBUF, &argument) != 0) return false;
    dmabufs_.emplace_back(argument.fd);
  }
  return true;
}

Result<void> V4l2Stream::queue(std::uint32_t index) {
  BufferArgument argument(device_, index);
  if (xioctl(device_.fd(), VIDIOC_QBUF, &argument.buffer) != 0)
    return device_.fail_ioctl("cannot queue a capture buffer");
  return {};
}

}  // namespace perch::video
