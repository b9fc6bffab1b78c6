#include "media/codec/video_tiers.hpp"

#include <algorithm>
#include <utility>

#include "hal/base/log.hpp"

namespace perch::codec {
namespace {

/// Of the same kind as main, but whole: its pictures are a packet or two.
TierConfig low_config(TierConfig config) {
  config.tier = rtp::Tier::kLow;
  config.size_limit = {std::min(config.size_limit.width, VideoTiers::kLowSize.width),
                       std::min(config.size_limit.height, VideoTiers::kLowSize.height)};
  config.max_fps = VideoTiers::kLowFps;
  config.bitrate = VideoTiers::kLowBitrate;
  config.on_part = {};
  return config;
}

}  // namespace

VideoTiers::VideoTiers(Config config)
    : on_packets_(std::move(config.on_packets)),
      ladder_config_(config.ladder),
      main_(config.main),
      low_(low_config(config.main)),
      size_limit_(config.main.size_limit),
      clock_(config.timestamp_offset) {}

Result<void> VideoTiers::start(const video::VideoFormat& format, video::VideoSource* source) {
  low_started_ = false;
  low_failed_at_.reset();
  if (!ladder_ || format.size != format_.size || format.rate != format_.rate)
    ladder_.emplace(ladder_config_, encode_size(format.size, size_limit_), format.rate.per_second());
  format_ = format;
  return main_.start(format, source);
}

void VideoTiers::stop() {
  main_.stop();
  low_.stop();
}

Result<void> VideoTiers::set_main_bitrate(TimePoint now, Bitrate bitrate) {
  if (auto set = main_.set_bitrate(bitrate); !set) return set;
  if (!ladder_ || format_.pixel == video::PixelFormat::kH264) return {};
  return main_.set_shape(ladder_->update(now, bitrate));
}

void VideoTiers::set_low_bitrate(std::optional<Bitrate> bitrate) {
  if (low_bitrate_ && !bitrate) low_.release();
  if (!bitrate) low_started_ = false;
  if (!bitrate) low_failed_at_.reset();
  low_bitrate_ = bitrate;
}

Result<void> VideoTiers::on_frame(const video::Frame& frame, TimePoint now) {
  SharedPicture picture(frame, clock_.next(frame.captured_at), converter_);
  auto packets = main_.on_picture(picture, now);
  if (!packets) return fail(std::move(packets.error()));
  if (*packets) on_packets_(std::move(*packets));
  if (!can_have_low(now)) return {};
  auto low = encode_low(picture, now);
  if (low && *low) on_packets_(std::move(*low));
  if (low) return {};
  PERCH_WARN("video", "msg=\"no second encode\" error=%s", in_quotes(low.error().message()).c_str());
  low_.release();
  low_started_ = false;
  low_failed_at_ = now;
  return {};
}

/// H.264 from the camera would have to be decoded first.
bool VideoTiers::can_have_low(TimePoint now) const {
  if (!low_bitrate_ || format_.pixel == video::PixelFormat::kH264) return false;
  return !low_failed_at_ || now - *low_failed_at_ >= kLowRetry;
}

Result<rtp::FramePacketsPtr> VideoTiers::encode_low(SharedPicture& picture, TimePoint now) {
  if (auto set = low_.set_bitrate(*low_bitrate_); !set) return fail(std::move(set.error()));
  if (!low_started_) {
    if (auto started = low_.start(format_); !started) return fail(std::move(started.error()));
    low_started_ = true;
  }
  return low_.on_picture(picture, now);
}

}  // namespace perch::codec
