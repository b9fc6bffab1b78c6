// See v4l2_capture.hpp. No kernel header here: v4l2_device and v4l2_stream speak to the driver.
#include "hal/video/v4l2_capture.hpp"

#include <algorithm>
#include <cinttypes>
#include <cmath>

#include "hal/base/log.hpp"
#include "hal/video/format_choice.hpp"
#include "hal/video/v4l2_controls.hpp"
#include "hal/video/v4l2_encoder_controls.hpp"
#include "hal/video/v4l2_stream.hpp"

namespace perch::video {
namespace {

// Lent out + being filled + full + one in reserve for a late reader.
constexpr std::uint32_t kBuffers = 4;

class V4l2Capture final : public VideoSource {
 public:
  V4l2Capture(V4l2Stream stream, const NegotiatedFormat& negotiated)
      : stream_(std::move(stream)), format_(negotiated.format), stride_(negotiated.stride) {}
  ~V4l2Capture() override {
    PERCH_INFO("video", "msg=\"camera closed\" device=%s frames=%" PRIu64 " damaged=%" PRIu64 " late=%" PRIu64,
               in_quotes(stream_.device().path()).c_str(), delivered_, damaged_, late_);
  }

  [[nodiscard]] const VideoFormat& format() const override { return format_; }
  [[nodiscard]] int fd() const override { return stream_.device().fd(); }
  [[nodiscard]] bool request_keyframe() override { return encodes() && encoder().force_keyframe(); }
  [[nodiscard]] bool set_bitrate(Bitrate bitrate) override { return encodes() && encoder().set_bitrate(bitrate); }
  [[nodiscard]] std::uint64_t damaged() const override { return damaged_; }
  [[nodiscard]] bool is_camera() const override { return true; }
  void export_dmabufs() override { (void)stream_.export_dmabufs(); }
  [[nodiscard]] std::string description() const override {
    return stream_.device().path() + " (" + stream_.device().card() + ")";
  }

  [[nodiscard]] Result<std::optional<Frame>> read_frame(TimePoint now) override {
    if (auto returned = give_back(); !returned) return fail(returned.error());
    std::optional<Frame> frame;
    // Should several be ready, the newest is the live picture; H.264 pictures build upon one another and all count.
    while (!frame || format_.pixel != PixelFormat::kH264) {
      const auto buffer = stream_.dequeue();
      if (!buffer) return fail(buffer.error());
      if (!*buffer) break;
      const auto next = to_frame(**buffer, now);
      if (next && lent_) ++late_;
      const std::optional<std::uint32_t> unused = next ? std::exchange(lent_, (*buffer)->index) : (*buffer)->index;
      if (next) frame = next;
      if (!unused) continue;
      if (auto queued = stream_.queue(*unused); !queued) return fail(queued.error());
    }
    if (frame) ++delivered_;
    return frame;
  }

 private:
  [[nodiscard]] bool encodes() const { return format_.pixel == PixelFormat::kH264; }
  [[nodiscard]] V4l2EncoderControls encoder() const { return V4l2EncoderControls(fd()); }

  [[nodiscard]] Result<void> give_back() {
    const auto index = std::exchange(lent_, std::nullopt);
    return index ? stream_.queue(*index) : Result<void>{};
  }

  /// Nothing when the picture is damaged or not all there, as after trouble on the USB bus.
  [[nodiscard]] std::optional<Frame> to_frame(const FilledBuffer& buffer, TimePoint now) {
    if (!first_sequence_) first_sequence_ = buffer.sequence;
    const auto planes = lay_out_planes(format_.pixel, format_.size, stride_, buffer.bytes);
    if (buffer.damaged || buffer.bytes.empty() || !planes) {
      ++damaged_;
      return std::nullopt;
    }
    Frame frame{format_, *planes, capture_time(buffer, now), buffer.sequence - *first_sequence_};
    // Behind an offset the planes would not begin where the DMA buffer does.
    if (buffer.offset == 0) frame.dmabuf = stream_.dmabuf(buffer.index);
    frame.dmabuf_size = stream_.buffer_bytes(buffer.index);
    return frame;
  }

  // Some drivers (vivid) stamp the end of a frame that they hand over near its start: such a stamp lies in the future,
  // and one interval earlier is when the frame began. Taking `now` instead would add the reader's jitter.
  [[nodiscard]] TimePoint capture_time(const FilledBuffer& buffer, TimePoint now) const {
    const TimePoint stamp = buffer.timestamp.value_or(now);
    return stamp <= now ? stamp : std::min(now, stamp - format_.rate.interval());
  }

  V4l2Stream stream_;
  VideoFormat format_;
  int stride_;                         ///< [bytes]
  std::optional<std::uint32_t> lent_;  ///< index of the buffer the last frame lies in
  std::optional<std::uint32_t> first_sequence_;
  std::uint64_t delivered_ = 0;
  std::uint64_t damaged_ = 0;  ///< skipped
  std::uint64_t late_ = 0;     ///< passed over because a newer one was ready
};

// A camera whose key frames can be asked for sends few unasked; of one without, a joiner waits for the next.
constexpr int kKeyframeIntervalOnDemand_s = 10;
constexpr int kKeyframeIntervalFixed_s = 1;

void prepare_encoder(const V4l2Device& device, const VideoFormat& format, Bitrate bitrate) {
  const V4l2EncoderControls encoder(device.fd());
  encoder.prepare_h264(format.size, format.rate);
  const int interval_s = encoder.can_force_keyframe() ? kKeyframeIntervalOnDemand_s : kKeyframeIntervalFixed_s;
  const bool paced =
      encoder.set_keyframe_interval(static_cast<int>(std::lround(interval_s * format.rate.per_second())));
  const bool limited = encoder.set_bitrate(bitrate), repeated = encoder.repeat_headers();
  PERCH_INFO("video",
             "msg=\"camera encodes\" device=%s can_set_bitrate=%d can_ask_keyframe=%d can_set_gop=%d repeats=%d",
             in_quotes(device.path()).c_str(), limited, encoder.can_force_keyframe(), paced, repeated);
}

}  // namespace

Result<std::unique_ptr<VideoSource>> open_v4l2_capture(const std::string& path, const SourceRequest& request,
                                                       std::optional<PixelFormat> only) {
  auto device = V4l2Device::open(path);
  if (!device) return fail(device.error());
  // First, because some (rotation) change what sizes there are.
  apply_controls(device->fd(), request.controls);
  auto offers = device->offers(request.size, request.rate);
  if (only) std::erase_if(offers, [&](const VideoFormat& offer) { return offer.pixel != *only; });
  const auto wanted = choose_format(offers, request.size, request.rate, request.prefer_h264);
  if (!wanted)
    return fail(Errc::kUnsupported, path + " (" + device->card() + ") has none of I420, NV12, YUYV, MJPEG, H.264");
  const auto negotiated = set_format(*device, *wanted);
  if (!negotiated) return fail(negotiated.error());
  if (negotiated->format.pixel == PixelFormat::kH264) prepare_encoder(*device, negotiated->format, request.bitrate);
  auto stream = V4l2Stream::start(std::move(*device), kBuffers);
  if (!stream) return fail(stream.error());
  const VideoFormat& got = negotiated->format;
  PERCH_INFO(
      "video", "msg=\"camera open\" device=%s card=%s format=%s size=%dx%d fps=%.2f wanted=%dx%d wanted_fps=%.2f",
      in_quotes(path).c_str(), in_quotes(stream->device().card()).c_str(), to_string(got.pixel), got.size.width,
      got.size.height, got.rate.per_second(), request.size.width, request.size.height, request.rate.per_second());
  return std::make_unique<V4l2Capture>(std::move(*stream), *negotiated);
}

}  // namespace perch::video
