#include "media/codec/tier_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace perch::codec {
namespace {

bool same_encoder(const EncoderConfig& a, const EncoderConfig& b) {
  return a.size == b.size && a.rate == b.rate && a.full_range == b.full_range;
}

FrameRate rate_of(double fps) {
  constexpr std::uint32_t kUnit = 1000;
  return {static_cast<std::uint32_t>(std::lround(fps * kUnit)), kUnit};
}

}  // namespace

TierEncoder::TierEncoder(TierConfig config) : config_(std::move(config)), shape_{config_.size_limit, config_.max_fps} {
  thinner_.set_rate(shape_.fps);
}

Result<void> TierEncoder::start(const video::VideoFormat& format, video::VideoSource* source) {
  force_keyframe_ = true;
  source_ = source;
  format_ = format;
  if (format.pixel != video::PixelFormat::kH264) return start_encoder(format);
  start_passthrough();
  return {};
}

void TierEncoder::release() {
  stop();
  encoder_.reset();
  passthrough_.reset();
}

double TierEncoder::fps() const {
  const double all = format_.rate.per_second();
  return shape_.fps > 0 ? std::min(all, shape_.fps) : all;
}

/// Encoders budget bits per picture, by the rate they were made with: where pictures are left out, each may be larger.
Bitrate TierEncoder::encoder_bitrate() const {
  return Bitrate::bps(std::llround(static_cast<double>(config_.bitrate.bps()) * wanted_.rate.per_second() / fps()));
}

Result<void> TierEncoder::set_shape(const PictureShape& shape) {
  if (shape == shape_) return {};
  shape_ = shape;
  thinner_.set_rate(shape.fps);
  if (!encoder_) return {};
  if (encode_size(format_.size, shape.size) == wanted_.size) return apply_bitrate();
  force_keyframe_ = true;
  return start_encoder(format_);
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
  wanted.size = encode_size(format.size, shape_.size);
  wanted.rate = fps() < format.rate.per_second() ? rate_of(fps()) : format.rate;
  wanted.bitrate = config_.bitrate;
  wanted.vbv_frames = config_.vbv_frames;
  wanted.full_range = format.pixel == video::PixelFormat::kMjpeg;
  wanted.threads = config_.threads;
  wanted.max_slice_bytes = config_.on_part ? rtp::H264Packetizer::kDefaultMaxPayload : 0;
  if (!encoder_ || !same_encoder(wanted, wanted_)) {
    if (auto replaced = replace_encoder(std::move(wanted)); !replaced) return replaced;
  }
  offer_dmabufs(format);
  return {};
}

Result<void> TierEncoder::replace_encoder(EncoderConfig wanted) {
  encoder_.reset();  // before the new one, so that two never hold memory at once
  auto made = config_.create_encoder(wanted);
  if (!made) return fail(made.error());
  encoder_ = std::move(*made);
  if (!hardware_fault_.empty()) encoder_->set_reason(hardware_fault_);
  if (config_.on_part) encoder_->set_part_sink([this](const EncodedFrame& part) { hand_on(part); });
  wanted_ = std::move(wanted);
  return {};
}

/// An encoder that takes the camera's pictures as they are may take its buffers as well.
void TierEncoder::offer_dmabufs(const video::VideoFormat& format) const {
  if (source_ && encoder_->takes(format)) source_->export_dmabufs();
}

Result<rtp::FramePacketsPtr> TierEncoder::on_picture(SharedPicture& picture, TimePoint now) {
  begin_picture(picture);
  if (passthrough_) return pass_through(picture.frame(), now);
  if (!encoder_) return fail(Errc::kInternal, "a frame before its encoder");
  if (!thinner_.admits(captured_at_, format_.rate.interval())) return rtp::FramePacketsPtr{};
  auto packets = encode(picture, now);
  if (packets) return packets;
  encoder_.reset();
  if (config_.encoder != "auto" || !hardware_fault_.empty()) return packets;
  // Hardware that was found and does not do: the picture goes on, by x264.
  hardware_fault_ = "the M2M encoder failed: " + packets.error().message();
  force_keyframe_ = true;
  if (auto started = start_encoder(picture.frame().format); !started) return fail(started.error());
  packets = encode(picture, now);
  if (!packets) encoder_.reset();
  return packets;
}

Result<rtp::FramePacketsPtr> TierEncoder::encode(SharedPicture& picture, TimePoint now) {
  const auto encoded = encode_picture(picture, force_keyframe_ || gate_.open(now, config_.bitrate));
  if (!encoded) return fail(encoded.error());
  if (!*encoded) return rtp::FramePacketsPtr{};
  force_keyframe_ = false;
  return finish_picture(**encoded, now);
}

/// Nothing when the picture is damaged.
Result<std::optional<EncodedFrame>> TierEncoder::encode_picture(SharedPicture& picture, bool force_idr) {
  const video::Frame& frame = picture.frame();
  if (encoder_->takes(frame.format)) return encoder_->encode_frame(frame, force_idr);
  const auto& whole = picture.i420();
  if (whole) return encoder_->encode(scaler_.scale(*whole, wanted_.size), force_idr);
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
  return encoded ? finish_picture(*encoded, now) : nullptr;
}

void TierEncoder::begin_picture(const SharedPicture& picture) {
  timestamp_ = picture.timestamp();
  captured_at_ = picture.frame().captured_at;
  coded_ = {};
}

void TierEncoder::hand_on(const EncodedFrame& part) {
  if (auto packets = packetize(part, false)) config_.on_part(std::move(packets));
}

rtp::FramePacketsPtr TierEncoder::finish_picture(const EncodedFrame& rest, TimePoint now) {
  auto packets = packetize(rest, true);
  if (packets && coded_.keyframe) gate_.on_keyframe(now, coded_.bytes);
  return packets;
}

rtp::FramePacketsPtr TierEncoder::packetize(const EncodedFrame& encoded, bool ends_picture) {
  const bool first = coded_.bytes == 0;
  const rtp::AccessUnit unit{encoded.nals, captured_at_, first && encoded.keyframe, ends_picture, config_.tier};
  auto packets = packetizer_.packetize(unit, next_index_, timestamp_);
  if (!packets) return nullptr;
  next_index_ = packets->end_index();
  coded_.bytes += packets->bytes.size();
  coded_.keyframe = coded_.keyframe || encoded.keyframe;
  return packets;
}

Result<void> TierEncoder::set_bitrate(Bitrate bitrate) {
  if (bitrate == config_.bitrate) return {};
  config_.bitrate = bitrate;
  if (passthrough_ && source_ && source_sets_bitrate_) source_sets_bitrate_ = source_->set_bitrate(bitrate);
  return encoder_ ? apply_bitrate() : Result<void>();
}

Result<void> TierEncoder::apply_bitrate() {
  auto changed = encoder_->set_bitrate(encoder_bitrate());
  if (!changed) encoder_.reset();
  return changed;
}

std::optional<StreamDescription> TierEncoder::description() const {
  if (encoder_) {
    const std::string profile = encoder_->profile_level_id();
    if (profile.empty()) return std::nullopt;
    return StreamDescription{encoder_->name(),   false, profile, wanted_.size, true, encoder_->can_set_bitrate(),
                             encoder_->reason(), fps()};
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
