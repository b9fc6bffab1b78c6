// See v4l2_m2m_session.hpp. The order of the calls is that of "Memory-to-Memory Stateful Video Encoder Interface":
// initialization, encoding, drain, reset.
#include "hal/video/v4l2_m2m_session.hpp"

#include <linux/videodev2.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace perch::video {
namespace {

constexpr std::uint32_t kCopied = 2;    // one with the driver, one to fill
constexpr std::uint32_t kImported = 8;  // as many as a camera has buffers
constexpr std::uint32_t kCoded = 4;

void copy_rows(const Plane& from, const Plane& to, int row_bytes, int rows) {
  // Ours to write: the planes of the driver's buffer, which lay_out_planes() returns as it returns all.
  auto* out = const_cast<std::uint8_t*>(to.data);
  for (int y = 0; y < rows; ++y)
    std::memcpy(out + std::ptrdiff_t{y} * to.stride, from.data + std::ptrdiff_t{y} * from.stride,
                static_cast<std::size_t>(row_bytes));
}

/// False when the buffer is too small.
bool copy_picture(const Frame& frame, const RawLayout& layout, ByteSpan memory) {
  const auto planes = lay_out_planes(layout.pixel, layout.coded_size, layout.stride, memory);
  if (!planes) return false;
  const Size size = frame.format.size;
  const int half_width = (size.width + 1) / 2, half_height = (size.height + 1) / 2;
  copy_rows(frame.planes[0], (*planes)[0], packed_stride(layout.pixel, size.width), size.height);
  if (layout.pixel == PixelFormat::kYuyv) return true;
  const bool nv12 = layout.pixel == PixelFormat::kNv12;
  copy_rows(frame.planes[1], (*planes)[1], nv12 ? 2 * half_width : half_width, half_height);
  if (!nv12) copy_rows(frame.planes[2], (*planes)[2], half_width, half_height);
  return true;
}

}  // namespace

Result<std::unique_ptr<V4l2M2mSession>> V4l2M2mSession::start(V4l2M2mNode node, const M2mSettings& settings) {
  std::unique_ptr<V4l2M2mSession> session(new V4l2M2mSession(std::move(node), settings));
  if (auto set = session->set_formats(); !set) return fail(set.error());
  session->set_controls();
  if (auto got = session->get_buffers(); !got) return fail(got.error());
  if (auto started = session->start_streams(); !started) return fail(started.error());
  return session;
}

V4l2M2mSession::~V4l2M2mSession() {
  (void)raw_.stream(false);
  (void)coded_.stream(false);
}

Result<void> V4l2M2mSession::set_formats() {
  if (auto set = coded_.set_coded_format(settings_.size); !set) return set;
  const auto layout = raw_.set_raw_format(settings_.pixel, settings_.size, settings_.stride, settings_.full_range);
  if (!layout) return fail(layout.error());
  layout_ = *layout;
  raw_.set_rate(settings_.rate);
  // Also where nothing is padded: vicodec keeps its crop over a change of format.
  if (!raw_.set_crop(settings_.size) && layout_.coded_size != settings_.size)
    return fail(Errc::kUnsupported, node_.path() + " (" + node_.card() + ") does not encode pictures of this size");
  const bool fits = layout_.coded_size == settings_.size && layout_.stride == settings_.stride &&
                    layout_.bytes <= settings_.dmabuf_size;
  if (settings_.import_dmabuf && !fits)
    return fail(Errc::kUnsupported,
                node_.path() + " wants pictures laid out in another way than the camera's: rows of " +
                    std::to_string(layout_.stride) + " instead of " + std::to_string(settings_.stride) + " bytes, " +
                    std::to_string(layout_.bytes) + " of " + std::to_string(settings_.dmabuf_size) + " bytes in all");
  return {};
}

void V4l2M2mSession::set_controls() const {
  if (node_.coded() == CodedFormat::kH264) controls().prepare_h264(settings_.size, settings_.rate);
  (void)controls().set_bitrate(settings_.bitrate);
  (void)controls().set_keyframe_interval(settings_.keyframe_interval);
  (void)controls().repeat_headers();
}

Result<void> V4l2M2mSession::get_buffers() {
  const bool import = settings_.import_dmabuf;
  const auto memory = import ? V4l2M2mQueue::Memory::kDmabuf : V4l2M2mQueue::Memory::kMapped;
  if (auto got = raw_.request_buffers(import ? kImported : kCopied, memory); !got) return got;
  slots_.assign(raw_.count(), {});
  return coded_.request_buffers(kCoded, V4l2M2mQueue::Memory::kMapped);
}

Result<void> V4l2M2mSession::start_streams() {
  for (std::uint32_t i = 0; i < coded_.count(); ++i) {
    if (auto queued = coded_.queue(i); !queued) return queued;
  }
  if (auto on = raw_.stream(true); !on) return on;
  return coded_.stream(true);
}

/// "Reset": everything comes back to us, and the stream begins anew, with a key frame.
Result<void> V4l2M2mSession::restart_streams() {
  if (auto off = raw_.stream(false); !off) return off;
  if (auto off = coded_.stream(false); !off) return off;
  for (Slot& slot : slots_) slot.busy = false;
  lent_.reset();
  in_work_ = 0;
  draining_ = false;
  drained_ = false;
  return start_streams();
}

Result<void> V4l2M2mSession::force_keyframe() {
  if (controls().force_keyframe()) return {};
  // A driver without the control; its pictures in work would be lost, so they are to be taken first.
  if (in_work_ > 0) return fail(Errc::kBusy, node_.path() + " has pictures in work");
  return restart_streams();
}

Result<void> V4l2M2mSession::submit(const Frame& frame, bool force_keyframe_now) {
  if (frame.format.size != settings_.size || frame.format.pixel != settings_.pixel)
    return fail(Errc::kInvalid, "a frame of another format than agreed");
  if (settings_.import_dmabuf && (frame.dmabuf < 0 || frame.dmabuf_size != settings_.dmabuf_size))
    return fail(Errc::kInvalid, "a frame without the DMA buffer that was agreed");
  if (auto reclaimed = reclaim_raw(); !reclaimed) return reclaimed;
  if (force_keyframe_now) {
    if (auto forced = force_keyframe(); !forced) return forced;
  }
  const int dmabuf = settings_.import_dmabuf ? frame.dmabuf : -1;
  const auto index = free_slot(dmabuf);
  if (!index) return fail(Errc::kBusy, node_.path() + " has all it can hold");
  if (dmabuf < 0 && !copy_picture(frame, layout_, raw_.memory(*index)))
    return fail(Errc::kInternal, node_.path() + ": buffers smaller than its pictures");
  if (auto queued = raw_.queue(*index, layout_.bytes, frame.captured_at, dmabuf, settings_.dmabuf_size); !queued)
    return queued;
  slots_[*index] = {true, dmabuf};
  ++in_work_;
  return {};
}

std::optional<std::uint32_t> V4l2M2mSession::free_slot(int dmabuf) {
  const auto known = std::ranges::find_if(slots_, [&](const Slot& s) { return !s.busy && s.dmabuf == dmabuf; });
  const auto unused = std::ranges::find_if(slots_, [](const Slot& s) { return !s.busy && s.dmabuf < 0; });
  const auto any = std::ranges::find(slots_, false, &Slot::busy);
  for (const auto& slot : {known, unused, any}) {
    if (slot != slots_.end()) return static_cast<std::uint32_t>(slot - slots_.begin());
  }
  return std::nullopt;
}

Result<void> V4l2M2mSession::reclaim_raw() {
  while (true) {
    const auto done = raw_.dequeue();
    if (!done) return fail(done.error());
    if (!*done) return {};
    slots_[(*done)->index].busy = false;
    if ((*done)->failed) return fail(Errc::kIo, node_.path() + " could not encode a picture");
  }
}

Result<std::optional<CodedPicture>> V4l2M2mSession::take(Duration patience) {
  const TimePoint deadline = monotonic_now() + patience;
  while (true) {
    if (drained_) return fail(Errc::kClosed, node_.path() + " is drained");
    if (in_work_ == 0 && !draining_) return std::nullopt;
    auto picture = take_ready();
    if (!picture || *picture || drained_) {
      if (picture && !*picture) continue;  // an empty last buffer
      return picture;
    }
    if (monotonic_now() >= deadline) return std::nullopt;
    if (auto waited = wait_until(deadline); !waited) return fail(waited.error());
  }
}

Result<std::optional<CodedPicture>> V4l2M2mSession::take_ready() {
  if (const auto index = std::exchange(lent_, std::nullopt)) {
    if (auto queued = coded_.queue(*index); !queued) return fail(queued.error());
  }
  const auto done = coded_.dequeue();
  if (!done && done.error().code == Errc::kClosed) {
    drained_ = true;
    return std::nullopt;
  }
  if (!done) return fail(done.error());
  if (!*done) return std::nullopt;
  lent_ = (*done)->index;
  drained_ = (*done)->last;
  if ((*done)->failed) return fail(Errc::kIo, node_.path() + " made a damaged picture");
  if ((*done)->bytes.empty()) return std::nullopt;
  if (in_work_ > 0) --in_work_;
  return CodedPicture{(*done)->bytes, (*done)->timestamp};
}

Result<void> V4l2M2mSession::wait_until(TimePoint deadline) const {
  const auto wait = std::chrono::ceil<milliseconds>(deadline - monotonic_now()).count();
  pollfd entry{node_.fd(), POLLIN, 0};
  const int ready = poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(0, wait)));
  if (ready < 0 && errno != EINTR) return fail_errno("poll");
  if (ready > 0 && (entry.revents & POLLIN) == 0)
    return fail(entry.revents & POLLHUP ? Errc::kNotFound : Errc::kIo, node_.path() + " reports an error");
  return {};
}

Result<void> V4l2M2mSession::drain() {
  v4l2_encoder_cmd command{};
  command.cmd = V4L2_ENC_CMD_STOP;
  if (node_.ioctl(VIDIOC_ENCODER_CMD, &command) != 0) return node_.fail_ioctl("cannot drain the encoder");
  draining_ = true;
  return {};
}

Result<void> V4l2M2mSession::resume() { return restart_streams(); }

}  // namespace perch::video
