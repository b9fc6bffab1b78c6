#include "media/codec/v4l2_m2m_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "hal/base/log.hpp"
#include "hal/video/v4l2_m2m_session.hpp"
#include "media/codec/h264_passthrough.hpp"
#include "media/codec/pixel_convert.hpp"

namespace perch::codec {
namespace {

using video::Frame;
using video::PixelFormat;

constexpr int kKeyframeInterval_s = 10;  // key frames come on demand; this one is a safety net

class V4l2M2mEncoder final : public H264Encoder {
 public:
  V4l2M2mEncoder(video::V4l2M2mNode node, NodeOpener open, const EncoderConfig& config, Duration patience)
      : open_(std::move(open)),
        config_(config),
        patience_(patience),
        node_(std::move(node)),
        name_("v4l2m2m " + node_->card()) {
    takes_ = node_->takes();
  }

  Result<EncodedFrame> encode(const I420View& picture, bool force_idr) override;
  bool takes(const video::VideoFormat& format) const override {
    return format.size == config_.size && has(format.pixel);
  }
  Result<EncodedFrame> encode_frame(const Frame& frame, bool force_idr) override;
  Result<void> set_bitrate(Bitrate bitrate) override {
    config_.bitrate = bitrate;
    if (session_) can_set_bitrate_ = session_->set_bitrate(bitrate);
    return {};
  }
  bool can_set_bitrate() const override { return can_set_bitrate_; }
  std::string name() const override { return name_; }
  std::string profile_level_id() const override {
    return passthrough_.sps() ? passthrough_.sps()->profile_level_id() : std::string();
  }

 private:
  [[nodiscard]] bool has(PixelFormat pixel) const { return std::ranges::find(takes_, pixel) != takes_.end(); }
  [[nodiscard]] Result<EncodedFrame> try_encode(const Frame& frame, bool force_idr);
  [[nodiscard]] Result<void> provide_session(const Frame& frame);
  [[nodiscard]] Result<void> start_session(const video::M2mSettings& settings);
  [[nodiscard]] Result<EncodedFrame> take_picture();

  NodeOpener open_;
  EncoderConfig config_;
  Duration patience_;
  std::optional<video::V4l2M2mNode> node_;  // until a session has it
  std::vector<PixelFormat> takes_;
  std::string name_;
  std::unique_ptr<video::V4l2M2mSession> session_;
  video::M2mSettings settings_;  // of session_
  bool import_refused_ = false;
  bool can_set_bitrate_ = true;
  H264Passthrough passthrough_;
  Nv12Buffer nv12_;
};

/// A picture that was converted or shrunk before.
Result<EncodedFrame> V4l2M2mEncoder::encode(const I420View& picture, bool force_idr) {
  Frame frame;
  // Drivers carry the time along; it only has to differ from picture to picture.
  frame.captured_at = monotonic_now();
  if (has(PixelFormat::kI420)) {
    const auto row = [](int stride) { return static_cast<std::size_t>(stride); };
    const auto rows = static_cast<std::size_t>(picture.size.height), half = (rows + 1) / 2;
    frame.format = {PixelFormat::kI420, picture.size, config_.rate};
    frame.planes = {video::Plane{picture.y, picture.stride_y, row(picture.stride_y) * rows},
                    video::Plane{picture.u, picture.stride_uv, row(picture.stride_uv) * half},
                    video::Plane{picture.v, picture.stride_uv, row(picture.stride_uv) * half}};
  } else {
    frame.format = {PixelFormat::kNv12, picture.size, config_.rate};
    frame.planes = nv12_.fill(picture);
  }
  return encode_frame(frame, force_idr);
}

Result<EncodedFrame> V4l2M2mEncoder::encode_frame(const Frame& frame, bool force_idr) {
  auto encoded = try_encode(frame, force_idr);
  if (encoded) return encoded;
  // Drivers and their firmware do stumble: a fresh open costs a key frame, giving up would cost the camera.
  PERCH_WARN("encoder", "msg=\"hardware failed, opening it again\" error=%s",
             in_quotes(encoded.error().message()).c_str());
  session_.reset();
  node_.reset();
  return try_encode(frame, force_idr);
}

Result<EncodedFrame> V4l2M2mEncoder::try_encode(const Frame& frame, bool force_idr) {
  if (auto provided = provide_session(frame); !provided) return fail(provided.error());
  if (auto submitted = session_->submit(frame, force_idr); !submitted) return fail(submitted.error());
  return take_picture();
}

/// The camera's buffers are the encoder's input where both sides agree on how pictures lie in memory, else a copy is.
Result<void> V4l2M2mEncoder::provide_session(const Frame& frame) {
  video::M2mSettings wanted;
  wanted.pixel = frame.format.pixel;
  wanted.size = config_.size;
  wanted.rate = config_.rate;
  wanted.bitrate = config_.bitrate;
  wanted.full_range = config_.full_range;
  wanted.keyframe_interval = static_cast<int>(std::lround(kKeyframeInterval_s * config_.rate.per_second()));
  wanted.import_dmabuf = frame.dmabuf >= 0 && !import_refused_;
  wanted.stride = frame.planes[0].stride;
  wanted.dmabuf_size = wanted.import_dmabuf ? frame.dmabuf_size : 0;
  const bool same =
      settings_.pixel == wanted.pixel && settings_.import_dmabuf == wanted.import_dmabuf &&
      (!wanted.import_dmabuf || (settings_.stride == wanted.stride && settings_.dmabuf_size == wanted.dmabuf_size));
  if (session_ && same) return {};
  if (auto started = start_session(wanted); started || !wanted.import_dmabuf) return started;
  import_refused_ = true;
  return provide_session(frame);
}

Result<void> V4l2M2mEncoder::start_session(const video::M2mSettings& settings) {
  session_.reset();
  auto node = node_ ? Result<video::V4l2M2mNode>(std::move(*node_)) : open_();
  node_.reset();
  if (!node) return fail(node.error());
  auto session = video::V4l2M2mSession::start(std::move(*node), settings);
  if (!session) return fail(session.error());
  session_ = std::move(*session);
  settings_ = settings;
  can_set_bitrate_ = session_->set_bitrate(config_.bitrate);
  PERCH_INFO("encoder", "msg=\"hardware encoder started\" device=%s card=%s input=%s zero_copy=%d",
             in_quotes(session_->node().path()).c_str(), in_quotes(session_->node().card()).c_str(),
             video::to_string(settings.pixel), settings.import_dmabuf);
  return {};
}

/// Some drivers send the parameter sets in a buffer of their own: then the picture is in the next one.
Result<EncodedFrame> V4l2M2mEncoder::take_picture() {
  const TimePoint deadline = monotonic_now() + patience_;
  for (Duration left = patience_; left > Duration{}; left = deadline - monotonic_now()) {
    const auto coded = session_->take(left);
    if (!coded) return fail(coded.error());
    if (!*coded) break;
    if (auto encoded = passthrough_.on_access_unit((*coded)->bytes)) return *encoded;
  }
  return fail(Errc::kUnavailable, session_->node().path() + " made no picture in time");
}

}  // namespace

Result<std::unique_ptr<H264Encoder>> create_v4l2_m2m_encoder(const EncoderConfig& config) {
  auto found = video::find_m2m_encoder(video::CodedFormat::kH264);
  if (!found) return fail(found.error());
  return create_v4l2_m2m_encoder(
      config, [path = found->path()] { return video::V4l2M2mNode::open(path, video::CodedFormat::kH264); });
}

Result<std::unique_ptr<H264Encoder>> create_v4l2_m2m_encoder(const EncoderConfig& config, NodeOpener open,
                                                             Duration patience) {
  auto node = open();
  if (!node) return fail(node.error());
  if (!node->takes(PixelFormat::kI420) && !node->takes(PixelFormat::kNv12))
    return fail(Errc::kUnsupported, node->path() + " (" + node->card() + ") takes neither I420 nor NV12");
  return std::make_unique<V4l2M2mEncoder>(std::move(*node), std::move(open), config, patience);
}

}  // namespace perch::codec
