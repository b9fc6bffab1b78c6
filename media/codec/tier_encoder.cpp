#include "media/codec/tier_encoder.hpp"

#include <utility>

namespace perch::codec {
namespace {

bool same_encoder(const EncoderConfig& a, const EncoderConfig& b) {
  return a.size == b.size && a.rate == b.rate && a.full_range == b.full_range;
}

}  // namespace

TierEncoder::TierEncoder(TierConfig config) : config_(std::move(config)), clock_(config_.timestamp_offset) {}

Result<void> TierEncoder::start(const video::VideoFormat& format, video::VideoSource* source) {
  force_keyframe_ = true;
  source_ = source;
  if (format.pixel != video::PixelFormat::kH264) return start_encoder(format);
  start_passthrough();
  return {};
}

void TierEncoder::start_passthrough() {
  encoder_.reset();
  passthrough_ = std::make_unique<H264Passthrough>();
  asked_source_at_.reset();
  last_number_.reset();
  // Asking is the only way to find out what a driver can do.
  source_makes_keyframes_ = source_ && source_->request_keyframe();
  source_sets_bitrate_ = source_ && source_->set_bitrate(config_.bitrate);
}

Result<void> TierEncoder::start_encoder(const video::VideoFormat& format) {
  passthrough_.reset();
  EncoderConfig wanted;
  wanted.encoder = hardware_fault_.empty() ? config_.encoder : "x264";
  wanted.source_pixel = format.pixel;
  wanted.size = encode_size(format.size, config_.size_limit);
  wanted.rate = format.rate;
  wanted.bitrate = config_.bitrate;
  wanted.vbv_frames = config_.vbv_frames;
  wanted.full_range = format.pixel == video::PixelFormat::kMjpeg;
  wanted.threads = config_.threads;
  if (encoder_ && same_encoder(wanted, wanted_)) {
    offer_dmabufs(format);
    return {};
  }
  encoder_.reset();  // before the new one, so that two never hold memory at once
  auto made = config_.create_encoder(wanted);
  if (!made) return fail(made.error());
  encoder_ = std::move(*made);
  if (!hardware_fault_.empty()) encoder_->set_reason(hardware_fault_);
  wanted_ = std::move(wanted);
  offer_dmabufs(format);
  return {};
}

/// An encoder that takes the camera's pictures as they are may take its buffers as well.
void TierEncoder::offer_dmabufs(const video::VideoFormat& format) const {
  if (source_ && encoder_->takes(format)) source_->export_dmabufs();
}

Result<rtp::FramePacketsPtr> TierEncoder::on_frame(const video::Frame& frame, TimePoint now) {
  if (passthrough_) return pass_through(frame, now);
  if (!encoder_) return fail(Errc::kInternal, "a frame before its encoder");
  auto packets = encode(frame, now);
  if (packets) return packets;
  encoder_.reset();
  if (config_.encoder != "auto" || !hardware_fault_.empty()) return packets;
  // Hardware that was found and does not do: the picture goes on, by x264.
  hardware_fault_ = "the M2M encoder failed: " + packets.error().message();
  force_keyframe_ = true;
  if (auto started = start_encoder(frame.format); !started) return fail(started.error());
  packets = encode(frame, now);
  if (!packets) encoder_.reset();
  return packets;
}

Result<rtp::FramePacketsPtr> TierEncoder::encode(const video::Frame& frame, TimePoint now) {
  const auto encoded = encode_picture(frame, force_keyframe_ || gate_.open(now, config_.bitrate));
  if (!encoded) return fail(encoded.error());
  if (!*encoded) return rtp::FramePacketsPtr{};
  force_keyframe_ = false;
  return packetize(**encoded, frame.captured_at, now);
}

/// Nothing when the picture is damaged.
Result<std::optional<EncodedFrame>> TierEncoder::encode_picture(const video::Frame& frame, bool force_idr) {
  if (encoder_->takes(frame.format)) return encoder_->encode_frame(frame, force_idr);
  const auto picture = converter_.convert(frame, wanted_.size);
  if (picture) return encoder_->encode(*picture, force_idr);
  ++damaged_;
  return std::nullopt;
}

/// The picture that answers comes some frames later: meanwhile the source is not asked again.
void TierEncoder::ask_source_for_keyframe(TimePoint now) {
  if (!source_ || !source_makes_keyframes_ || !gate_.open(now, config_.bitrate)) return;
  if (asked_source_at_ && now - *asked_source_at_ < KeyframeGate::kMinInterval) return;
  asked_source_at_ = now;
  source_makes_keyframes_ = source_->request_keyframe();
}

rtp::FramePacketsPtr TierEncoder::pass_through(const video::Frame& frame, TimePoint now) {
  // Pictures build upon one another: after a lost one only a key frame helps.
  if (last_number_ && frame.number > *last_number_ + 1) gate_.request();
  last_number_ = frame.number;
  ask_source_for_keyframe(now);
  const auto encoded = passthrough_->on_access_unit({frame.planes[0].data, frame.planes[0].size});
  return encoded ? packetize(*encoded, frame.captured_at, now) : nullptr;
}

rtp::FramePacketsPtr TierEncoder::packetize(const EncodedFrame& encoded, TimePoint captured_at, TimePoint now) {
  auto packets =
      packetizer_.packetize({encoded.nals, captured_at, encoded.keyframe}, next_index_, clock_.next(captured_at));
  if (!packets) return nullptr;
  next_index_ = packets->end_index();
  if (encoded.keyframe) gate_.on_keyframe(now, packets->bytes.size());
  return packets;
}

Result<void> TierEncoder::set_bitrate(Bitrate bitrate) {
  if (bitrate == config_.bitrate) return {};
  config_.bitrate = bitrate;
  if (passthrough_ && source_ && source_sets_bitrate_) source_sets_bitrate_ = source_->set_bitrate(bitrate);
  if (!encoder_) return {};
  auto changed = encoder_->set_bitrate(bitrate);
  if (!changed) encoder_.reset();
  return changed;
}

std::optional<StreamDescription> TierEncoder::description() const {
  if (encoder_) {
    const std::string profile = encoder_->profile_level_id();
    if (profile.empty()) return std::nullopt;
    return StreamDescription{encoder_->name(),  false, profile, wanted_.size, true, encoder_->can_set_bitrate(),
                             encoder_->reason()};
  }
  if (!passthrough_ || !passthrough_->sps()) return std::nullopt;
  const Sps& sps = *passthrough_->sps();
  return StreamDescription{"pass-through",
                           true,
                           sps.profile_level_id(),
                           sps.size,
                           source_makes_keyframes_,
                           source_sets_bitrate_,
                           "the source delivers H.264"};
}

}  // namespace perch::codec
