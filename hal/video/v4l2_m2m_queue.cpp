// See v4l2_m2m_queue.hpp.
#include "hal/video/v4l2_m2m_queue.hpp"

#include <linux/videodev2.h>

#include <algorithm>
#include <cerrno>

#include "hal/base/timespec.hpp"

namespace perch::video {
namespace {

// Room for a coded picture where the driver has no opinion: half of raw 4:2:0 is far beyond any live key frame.
std::size_t coded_bytes(Size size) {
  return std::max<std::size_t>(128 << 10, static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
}

// v4l2_format speaks of the same things in two structures.
struct FormatArgument {
  v4l2_format format{};

  FormatArgument(unsigned type, bool multi_planar, std::uint32_t fourcc, Size size) : mp(multi_planar) {
    format.type = type;
    const auto width = static_cast<__u32>(size.width), height = static_cast<__u32>(size.height);
    if (mp) {
      format.fmt.pix_mp.pixelformat = fourcc;
      format.fmt.pix_mp.width = width;
      format.fmt.pix_mp.height = height;
      format.fmt.pix_mp.field = V4L2_FIELD_NONE;
      format.fmt.pix_mp.num_planes = 1;
    } else {
      format.fmt.pix.pixelformat = fourcc;
      format.fmt.pix.width = width;
      format.fmt.pix.height = height;
      format.fmt.pix.field = V4L2_FIELD_NONE;
    }
  }
  void set_stride(__u32 stride) {
    if (mp)
      format.fmt.pix_mp.plane_fmt[0].bytesperline = stride;
    else
      format.fmt.pix.bytesperline = stride;
  }
  /// Cameras use the BT.601 matrix at every size, which nobody would guess for HD.
  void set_colour(bool full_range) {
    const auto range = full_range ? V4L2_QUANTIZATION_FULL_RANGE : V4L2_QUANTIZATION_LIM_RANGE;
    if (mp) {
      format.fmt.pix_mp.colorspace = V4L2_COLORSPACE_SMPTE170M;
      format.fmt.pix_mp.ycbcr_enc = V4L2_YCBCR_ENC_601;
      format.fmt.pix_mp.quantization = range;
    } else {
      format.fmt.pix.colorspace = V4L2_COLORSPACE_SMPTE170M;
      format.fmt.pix.ycbcr_enc = V4L2_YCBCR_ENC_601;
      format.fmt.pix.quantization = range;
    }
  }
  void set_bytes(__u32 bytes) {
    if (mp)
      format.fmt.pix_mp.plane_fmt[0].sizeimage = bytes;
    else
      format.fmt.pix.sizeimage = bytes;
  }
  [[nodiscard]] __u32 stride() const {
    return mp ? __u32{format.fmt.pix_mp.plane_fmt[0].bytesperline} : format.fmt.pix.bytesperline;
  }
  [[nodiscard]] __u32 bytes() const {
    return mp ? __u32{format.fmt.pix_mp.plane_fmt[0].sizeimage} : format.fmt.pix.sizeimage;
  }
  [[nodiscard]] std::uint32_t fourcc() const { return mp ? format.fmt.pix_mp.pixelformat : format.fmt.pix.pixelformat; }
  [[nodiscard]] int planes() const { return mp ? format.fmt.pix_mp.num_planes : 1; }
  [[nodiscard]] Size size() const {
    return mp ? Size{static_cast<int>(format.fmt.pix_mp.width), static_cast<int>(format.fmt.pix_mp.height)}
              : Size{static_cast<int>(format.fmt.pix.width), static_cast<int>(format.fmt.pix.height)};
  }
  bool mp;
};

// A v4l2_buffer with its one plane.
struct BufferArgument {
  v4l2_buffer buffer{};
  v4l2_plane plane{};

  BufferArgument(unsigned type, bool multi_planar, V4l2M2mQueue::Memory memory, std::uint32_t index)
      : mp(multi_planar) {
    buffer.type = type;
    buffer.index = index;
    buffer.memory = memory == V4l2M2mQueue::Memory::kMapped ? V4L2_MEMORY_MMAP : V4L2_MEMORY_DMABUF;
    buffer.field = V4L2_FIELD_NONE;
    if (!mp) return;
    buffer.m.planes = &plane;
    buffer.length = 1;
  }
  BufferArgument(const BufferArgument&) = delete;
  BufferArgument& operator=(const BufferArgument&) = delete;

  void fill(std::size_t used, int dmabuf, std::size_t size) {
    (mp ? plane.bytesused : buffer.bytesused) = static_cast<__u32>(used);
    if (dmabuf < 0) return;
    (mp ? plane.m.fd : buffer.m.fd) = dmabuf;
    (mp ? plane.length : buffer.length) = static_cast<__u32>(size);
  }
  [[nodiscard]] std::size_t length() const { return mp ? plane.length : buffer.length; }
  [[nodiscard]] std::int64_t offset() const { return mp ? plane.m.mem_offset : buffer.m.offset; }
  [[nodiscard]] std::size_t begin() const { return mp ? plane.data_offset : 0; }
  [[nodiscard]] std::size_t end() const { return mp ? plane.bytesused : buffer.bytesused; }
  bool mp;
};

timeval to_timeval(TimePoint time) {
  const timespec since_boot = to_timespec(std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()));
  return {since_boot.tv_sec, since_boot.tv_nsec / 1000};
}

TimePoint to_time(const timeval& time) { return TimePoint(seconds(time.tv_sec) + microseconds(time.tv_usec)); }

}  // namespace

unsigned V4l2M2mQueue::type() const {
  if (side_ == Side::kRaw) return node_.multi_planar() ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_OUTPUT;
  return node_.multi_planar() ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

Result<void> V4l2M2mQueue::set_coded_format(Size size) const {
  FormatArgument argument(type(), node_.multi_planar(), to_fourcc(node_.coded()), size);
  argument.set_bytes(static_cast<__u32>(coded_bytes(size)));
  if (node_.ioctl(VIDIOC_S_FMT, &argument.format) != 0) return node_.fail_ioctl("cannot set the coded format");
  if (argument.fourcc() != to_fourcc(node_.coded()) || argument.planes() != 1)
    return fail(Errc::kUnsupported, node_.path() + " changed its coded format");
  return {};
}

Result<RawLayout> V4l2M2mQueue::set_raw_format(PixelFormat pixel, Size size, int stride, bool full_range) const {
  FormatArgument argument(type(), node_.multi_planar(), to_fourcc(pixel), size);
  argument.set_stride(static_cast<__u32>(stride));
  argument.set_colour(full_range);
  if (node_.ioctl(VIDIOC_S_FMT, &argument.format) != 0) return node_.fail_ioctl("cannot set the raw format");
  const Size coded = argument.size();
  if (argument.fourcc() != to_fourcc(pixel) || argument.planes() != 1 || coded.width < size.width ||
      coded.height < size.height)
    return fail(Errc::kUnsupported, node_.path() + " does not encode pictures of this size and format");
  const int packed = packed_stride(pixel, coded.width);
  return RawLayout{pixel, coded, std::max(packed, static_cast<int>(argument.stride())), argument.bytes()};
}

bool V4l2M2mQueue::set_crop(Size visible) const {
  v4l2_selection selection{};
  // The selection API knows the single-planar types only, whatever the node.
  selection.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
  selection.target = V4L2_SEL_TGT_CROP;
  selection.r = {0, 0, static_cast<__u32>(visible.width), static_cast<__u32>(visible.height)};
  return node_.ioctl(VIDIOC_S_SELECTION, &selection) == 0 && static_cast<int>(selection.r.width) == visible.width &&
         static_cast<int>(selection.r.height) == visible.height;
}

void V4l2M2mQueue::set_rate(FrameRate rate) const {
  v4l2_streamparm parameters{};
  parameters.type = type();
  parameters.parm.output.timeperframe = {rate.denominator, rate.numerator};
  (void)node_.ioctl(VIDIOC_S_PARM, &parameters);
}

Result<void> V4l2M2mQueue::request_buffers(std::uint32_t count, Memory memory) {
  v4l2_requestbuffers request{};
  request.count = count;
  request.type = type();
  request.memory = memory == Memory::kMapped ? V4L2_MEMORY_MMAP : V4L2_MEMORY_DMABUF;
  if (node_.ioctl(VIDIOC_REQBUFS, &request) != 0) return node_.fail_ioctl("cannot get buffers");
  if (request.count == 0) return fail(Errc::kUnavailable, node_.path() + ": no memory for buffers");
  memory_ = memory;
  count_ = request.count;
  for (std::uint32_t i = 0; memory == Memory::kMapped && i < count_; ++i) {
    BufferArgument argument(type(), node_.multi_planar(), memory_, i);
    if (node_.ioctl(VIDIOC_QUERYBUF, &argument.buffer) != 0) return node_.fail_ioctl("cannot query a buffer");
    auto mapped = MappedMemory::map(node_.fd(), argument.length(), argument.offset(), side_ == Side::kRaw);
    if (!mapped) return fail(mapped.error());
    buffers_.push_back(std::move(*mapped));
  }
  return {};
}

Result<void> V4l2M2mQueue::queue(std::uint32_t index, std::size_t used, TimePoint timestamp, int dmabuf,
                                 std::size_t dmabuf_size) const {
  BufferArgument argument(type(), node_.multi_planar(), memory_, index);
  argument.fill(used, dmabuf, dmabuf_size);
  argument.buffer.timestamp = to_timeval(timestamp);
  if (node_.ioctl(VIDIOC_QBUF, &argument.buffer) != 0) return node_.fail_ioctl("cannot queue a buffer");
  return {};
}

Result<std::optional<DoneBuffer>> V4l2M2mQueue::dequeue() const {
  BufferArgument argument(type(), node_.multi_planar(), memory_, 0);
  if (node_.ioctl(VIDIOC_DQBUF, &argument.buffer) != 0) {
    if (errno == EAGAIN) return std::nullopt;
    // "Drain": after the last buffer DQBUF says EPIPE.
    if (errno == EPIPE) return fail(Errc::kClosed, node_.path() + " is drained");
    return node_.fail_ioctl("the encoder failed");
  }
  const v4l2_buffer& buffer = argument.buffer;
  if (buffer.index >= count_) return fail(Errc::kInternal, node_.path() + ": the driver named a buffer it has not");
  DoneBuffer done{buffer.index, {}, to_time(buffer.timestamp)};
  done.failed = buffer.flags & V4L2_BUF_FLAG_ERROR;
  done.last = buffer.flags & V4L2_BUF_FLAG_LAST;
  if (side_ == Side::kRaw) return done;
  const ByteView memory = buffers_[buffer.index].bytes();
  const std::size_t end = std::min(argument.end(), memory.size()), begin = std::min(argument.begin(), end);
  done.bytes = memory.subspan(begin, end - begin);
  return done;
}

Result<void> V4l2M2mQueue::stream(bool on) const {
  unsigned argument = type();
  if (node_.ioctl(on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &argument) != 0)
    return node_.fail_ioctl(on ? "cannot start the encoder" : "cannot stop the encoder");
  return {};
}

}  // namespace perch::video
