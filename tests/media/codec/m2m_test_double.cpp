#include "tests/media/codec/m2m_test_double.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tests/media/rtp/nal_samples.hpp"

namespace perch::codec::test {
namespace {

constexpr std::size_t kCodedBytes = 1 << 16;
constexpr std::size_t kCodedOffset = 64 << 20;  // of the coded buffers within the file
constexpr std::size_t kRawStep = 4 << 20;

M2mTestDouble* the_only = nullptr;

int refuse(int error) {
  errno = error;
  return -1;
}

bool is_raw(unsigned type) { return type == V4L2_BUF_TYPE_VIDEO_OUTPUT; }

std::size_t offset_of(const v4l2_buffer& buffer) {
  return is_raw(buffer.type) ? buffer.index * kRawStep : kCodedOffset + buffer.index * kCodedBytes;
}

void append(Bytes& stream, const Bytes& nal) {
  stream.insert(stream.end(), {0, 0, 0, 1});
  stream.insert(stream.end(), nal.begin(), nal.end());
}

}  // namespace

M2mTestDouble::M2mTestDouble(Behaviour how) : behaviour(std::move(how)) { the_only = this; }
M2mTestDouble::~M2mTestDouble() { the_only = nullptr; }

Result<video::V4l2M2mNode> M2mTestDouble::open() {
  UniqueFd fd(memfd_create("m2m", MFD_CLOEXEC));
  if (!fd || ftruncate(fd.get(), kCodedOffset + 32 * kCodedBytes) != 0) return fail_errno("memfd");
  fd_ = fd.get();
  ++opened;
  raw_on_ = coded_on_ = false;
  for (auto* list : {&raw_waiting_, &coded_waiting_, &raw_done_, &coded_done_}) list->clear();
  return video::V4l2M2mNode::adopt(std::move(fd), "/dev/double", video::CodedFormat::kH264, answer);
}

int M2mTestDouble::answer(int fd, unsigned long request, void* argument) {
  if (!the_only || fd != the_only->fd_) return refuse(ENODEV);
  return the_only->on_ioctl(request, argument);
}

int M2mTestDouble::on_ioctl(unsigned long request, void* argument) {
  switch (request) {
    case VIDIOC_QUERYCAP: {
      auto& capability = *static_cast<v4l2_capability*>(argument);
      capability.capabilities = capability.device_caps = V4L2_CAP_VIDEO_M2M | V4L2_CAP_STREAMING;
      std::memcpy(capability.card, "double", 7);
      return 0;
    }
    case VIDIOC_ENUM_FMT: return enum_format(*static_cast<v4l2_fmtdesc*>(argument));
    case VIDIOC_S_FMT: return set_format(*static_cast<v4l2_format*>(argument));
    case VIDIOC_S_PARM:
    case VIDIOC_S_SELECTION: return 0;
    case VIDIOC_QUERY_EXT_CTRL: return query_control(*static_cast<v4l2_query_ext_ctrl*>(argument));
    case VIDIOC_S_EXT_CTRLS: return set_control(*static_cast<v4l2_ext_controls*>(argument)->controls);
    case VIDIOC_REQBUFS: {
      const auto& wanted = *static_cast<v4l2_requestbuffers*>(argument);
      return wanted.memory == V4L2_MEMORY_DMABUF && !behaviour.imports_dmabufs ? refuse(EINVAL) : 0;
    }
    case VIDIOC_QUERYBUF: {
      auto& buffer = *static_cast<v4l2_buffer*>(argument);
      buffer.length = static_cast<__u32>(is_raw(buffer.type) ? raw_bytes_ : kCodedBytes);
      buffer.m.offset = static_cast<__u32>(offset_of(buffer));
      return 0;
    }
    case VIDIOC_QBUF: return queue(*static_cast<v4l2_buffer*>(argument));
    case VIDIOC_DQBUF: return dequeue(*static_cast<v4l2_buffer*>(argument));
    case VIDIOC_STREAMON: return switch_stream(true, *static_cast<unsigned*>(argument));
    case VIDIOC_STREAMOFF: return switch_stream(false, *static_cast<unsigned*>(argument));
    default: return refuse(ENOTTY);
  }
}

int M2mTestDouble::enum_format(v4l2_fmtdesc& format) const {
  if (!is_raw(format.type)) {
    format.pixelformat = V4L2_PIX_FMT_H264;
    return format.index == 0 ? 0 : refuse(EINVAL);
  }
  if (format.index >= behaviour.raw_formats.size()) return refuse(EINVAL);
  format.pixelformat = *std::next(behaviour.raw_formats.begin(), format.index);
  return 0;
}

int M2mTestDouble::set_format(v4l2_format& format) {
  if (!is_raw(format.type)) return 0;
  v4l2_pix_format& pix = format.fmt.pix;
  const auto step = static_cast<__u32>(behaviour.height_step);
  pix.height = (pix.height + step - 1) / step * step;
  const bool yuyv = pix.pixelformat == V4L2_PIX_FMT_YUYV;
  pix.bytesperline = (pix.width * (yuyv ? 2 : 1) + 31) / 32 * 32;
  pix.sizeimage = pix.bytesperline * pix.height * (yuyv ? 2 : 3) / 2;
  raw_bytes_ = pix.sizeimage;
  quantization = pix.quantization;
  return 0;
}

int M2mTestDouble::query_control(v4l2_query_ext_ctrl& control) const {
  const bool is_force = control.id == V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME;
  const bool is_bitrate = control.id == V4L2_CID_MPEG_VIDEO_BITRATE;
  control.minimum = is_bitrate ? 25'000 : 0;
  control.maximum = is_bitrate ? 25'000'000 : is_force ? 0 : 1000;
  if (is_force) return behaviour.has_force_control ? 0 : refuse(EINVAL);
  if (is_bitrate) return behaviour.has_bitrate_control ? 0 : refuse(EINVAL);
  const bool known = control.id == V4L2_CID_MPEG_VIDEO_GOP_SIZE || control.id == V4L2_CID_MPEG_VIDEO_H264_PROFILE ||
                     control.id == V4L2_CID_MPEG_VIDEO_H264_LEVEL ||
                     control.id == V4L2_CID_MPEG_VIDEO_REPEAT_SEQ_HEADER;
  return known ? 0 : refuse(EINVAL);
}

int M2mTestDouble::set_control(const v4l2_ext_control& control) {
  if (control.id == V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME) keyframe_wanted_ = true;
  controls[control.id] = control.value;
  return 0;
}

int M2mTestDouble::queue(const v4l2_buffer& buffer) {
  if (is_raw(buffer.type) && buffer.memory == V4L2_MEMORY_DMABUF) ++imported;
  (is_raw(buffer.type) ? raw_waiting_ : coded_waiting_).push_back(buffer);
  encode();
  return 0;
}

int M2mTestDouble::dequeue(v4l2_buffer& buffer) {
  auto& done = is_raw(buffer.type) ? raw_done_ : coded_done_;
  if (done.empty()) return refuse(EAGAIN);
  buffer = done.front();
  done.pop_front();
  return 0;
}

int M2mTestDouble::switch_stream(bool on, unsigned type) {
  (is_raw(type) ? raw_on_ : coded_on_) = on;
  if (on && raw_on_ && coded_on_) {
    ++streams_started;
    pictures_ = 0;
    keyframe_wanted_ = true;
  }
  if (!on) (is_raw(type) ? raw_waiting_ : coded_waiting_).clear();
  if (!on) (is_raw(type) ? raw_done_ : coded_done_).clear();
  encode();
  return 0;
}

std::uint8_t M2mTestDouble::first_luma(const v4l2_buffer& raw) const {
  const bool imports = raw.memory == V4L2_MEMORY_DMABUF;
  std::uint8_t luma = 0;
  const auto offset = static_cast<off_t>(imports ? 0 : offset_of(raw));
  return pread(imports ? raw.m.fd : fd_, &luma, 1, offset) == 1 ? luma : 0;
}

/// One picture: of 100 bytes, all of which are the first luma byte, made odd so that no start code is among them.
void M2mTestDouble::encode() {
  if (!raw_on_ || !coded_on_ || raw_waiting_.empty() || coded_waiting_.empty() || behaviour.silent) return;
  v4l2_buffer raw = raw_waiting_.front(), coded = coded_waiting_.front();
  raw_waiting_.pop_front();
  coded_waiting_.pop_front();
  const bool keyframe = std::exchange(keyframe_wanted_, false);
  Bytes stream;
  if (keyframe && (behaviour.repeats_headers || pictures_ == 0)) {
    append(stream, rtp::test::kSps720p);
    append(stream, rtp::test::kPps);
  }
  Bytes slice(100, static_cast<std::uint8_t>(first_luma(raw) | 1));
  slice[0] = keyframe ? 0x65 : 0x61;
  append(stream, slice);
  if (pwrite(fd_, stream.data(), stream.size(), static_cast<off_t>(offset_of(coded))) < 0) return;
  coded.bytesused = static_cast<__u32>(stream.size());
  coded.timestamp = raw.timestamp;
  coded.flags = pictures_in_all_ == behaviour.fail_after ? V4L2_BUF_FLAG_ERROR : 0;
  ++pictures_;
  ++pictures_in_all_;
  raw_done_.push_back(raw);
  coded_done_.push_back(coded);
}

}  // namespace perch::codec::test
