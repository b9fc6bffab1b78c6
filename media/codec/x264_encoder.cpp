#include "media/codec/x264_encoder.hpp"

// x264.h wants the integer types before it.
#include <cstdint>

extern "C" {
#include <x264.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <vector>

#include "hal/base/log.hpp"
#include "media/codec/slice_parts.hpp"
#include "media/rtp/h264_nal.hpp"

namespace perch::codec {
namespace {

constexpr std::size_t kLengthPrefix = 4;  // [bytes] in front of each NAL unit when b_annexb is off
constexpr int kKeyframeInterval_s = 10;   // key frames come on demand; this one is a safety net
constexpr std::int64_t kMinBitrate_bps = 50'000;
// superfast costs about 8 ms per 720p picture (27.6 Mpx/s at 30 fps) on a fast PC and 28 ms on a Raspberry Pi 4. To
// stay under 10 ms there, and so under a third of the frame interval: 10 / 28 of 27.6 Mpx/s.
constexpr double kSuperfastPixelsPerSecond = 10e6;

// With a buffer of two frames x264 leaves 2 to 14 % of its bitrate unspent, more the more key frames there are; given
// so much more it spends 92 to 106 % of what was meant. Refilling the buffer faster instead would end its strictly
// constant mode, and with that its short memory after changes of the rate.
constexpr double kGiven = 1.08;

struct X264Deleter {
  void operator()(x264_t* encoder) const { x264_encoder_close(encoder); }
};
using X264Handle = std::unique_ptr<x264_t, X264Deleter>;

/// x264 warns about the rate of single frames; only its errors concern the operator.
void log_from_x264(void*, int level, const char* format, va_list arguments) {
  const LogLevel ours = level <= X264_LOG_ERROR ? LogLevel::kError : LogLevel::kTrace;
  if (!log_enabled(ours)) return;
  char line[256];
  const int length = std::vsnprintf(line, sizeof line, format, arguments);
  if (length > 0 && static_cast<std::size_t>(length) < sizeof line && line[length - 1] == '\n') line[length - 1] = '\0';
  PERCH_LOG(ours, "x264", "msg=%s", in_quotes(line).c_str());
}

const char* preset_for(const EncoderConfig& config) {
  const double pixels = static_cast<double>(config.size.width) * config.size.height * config.rate.per_second();
  return pixels <= kSuperfastPixelsPerSecond ? "superfast" : "ultrafast";
}

void set_rate(x264_param_t& p, Bitrate bitrate, double vbv_frames) {
  const std::int64_t meant = std::max(bitrate.bps(), kMinBitrate_bps);
  const std::int64_t bps = std::llround(static_cast<double>(meant) * kGiven);
  const double fps = static_cast<double>(p.i_fps_num) / p.i_fps_den;
  p.rc.i_rc_method = X264_RC_ABR;
  p.rc.i_bitrate = static_cast<int>(bps / 1000);
  p.rc.i_vbv_max_bitrate = p.rc.i_bitrate;
  p.rc.i_vbv_buffer_size =
      std::max(1, static_cast<int>(std::lround(static_cast<double>(bps) / 1000 * vbv_frames / fps)));
}

void set_structure(x264_param_t& p) {
  p.i_keyint_max = static_cast<int>(std::lround(kKeyframeInterval_s * static_cast<double>(p.i_fps_num) / p.i_fps_den));
  p.i_keyint_min = 1;
  p.i_scenecut_threshold = 0;  // a cut costs a large frame, not a key frame
  p.b_intra_refresh = 0;       // joiners need an IDR; a wave of intra blocks does not let browsers start
  p.b_repeat_headers = 1;
  p.b_annexb = 0;
  p.b_aud = 0;
  p.i_nal_hrd = X264_NAL_HRD_NONE;
  p.b_vfr_input = 0;  // variable rate would hold one picture back to learn its duration
}

/// What receivers are told about colour. Cameras and the test pattern use the BT.601 matrix at every size, which
/// decoders would not guess for HD.
void set_colour(x264_param_t& p, bool full_range) {
  p.vui.b_fullrange = full_range ? 1 : 0;
  p.vui.i_colmatrix = 6;  // H.264 table E-5: SMPTE 170M, the same as BT.601
}

void on_nal_unit(x264_t* encoder, x264_nal_t* nal, void* self);

/// Slices of several threads come in any order.
bool in_slices(const EncoderConfig& config) { return config.max_slice_bytes > 0 && config.threads == 1; }

void set_slices(x264_param_t& p, std::size_t max_slice_bytes) {
  // x264 counts a start code of 5 bytes as part of a slice; ours travel without.
  constexpr std::size_t kStartCode = 5;
  p.i_slice_max_size = static_cast<int>(max_slice_bytes + kStartCode);
  p.nalu_process = on_nal_unit;
}

Result<x264_param_t> make_parameters(const EncoderConfig& config, const char* preset) {
  x264_param_t p;
  if (x264_param_default_preset(&p, preset, "zerolatency") != 0) return fail(Errc::kInternal, "x264 lacks a preset");
  p.pf_log = log_from_x264;
  p.i_log_level = X264_LOG_WARNING;
  p.i_csp = X264_CSP_I420;
  p.i_width = config.size.width;
  p.i_height = config.size.height;
  p.i_fps_num = config.rate.numerator;
  p.i_fps_den = config.rate.denominator;
  p.i_threads = config.threads;
  p.b_sliced_threads = config.threads > 1 ? 1 : 0;
  set_structure(p);
  set_colour(p, config.full_range);
  if (in_slices(config)) set_slices(p, config.max_slice_bytes);
  set_rate(p, config.bitrate, config.vbv_frames);
  if (x264_param_apply_profile(&p, "baseline") != 0) return fail(Errc::kInternal, "x264 refuses the baseline profile");
  return p;
}

ByteView without_prefix(const x264_nal_t& nal) {
  return ByteView(nal.p_payload, static_cast<std::size_t>(nal.i_payload)).subspan(kLengthPrefix);
}

class X264Encoder final : public H264Encoder {
 public:
  X264Encoder(X264Handle handle, const EncoderConfig& config, std::string name, std::string profile_level_id)
      : handle_(std::move(handle)),
        config_(config),
        name_(std::move(name)),
        profile_level_id_(std::move(profile_level_id)) {}

  Result<EncodedFrame> encode(const I420View& picture, bool force_idr) override;
  Result<void> set_bitrate(Bitrate bitrate) override;
  void set_part_sink(const PartSink& sink) override { sink_ = sink; }
  std::string name() const override { return name_; }
  std::string profile_level_id() const override { return profile_level_id_; }
  /// Where x264 hands out NAL units one by one: from within encode(), on its thread.
  void on_nal_unit(x264_t* encoder, x264_nal_t& nal);

 private:
  [[nodiscard]] bool ends_picture(const x264_nal_t& slice) const;

  X264Handle handle_;
  EncoderConfig config_;
  std::string name_;
  std::string profile_level_id_;
  std::int64_t pictures_ = 0;
  std::vector<ByteView> nals_;
  SliceParts parts_;
  PartSink sink_;
  bool keyframe_ = false;  // the picture in work
};

void on_nal_unit(x264_t* encoder, x264_nal_t* nal, void* self) {
  static_cast<X264Encoder*>(self)->on_nal_unit(encoder, *nal);
}

bool X264Encoder::ends_picture(const x264_nal_t& slice) const {
  constexpr int kMacroblock = 16;  // [pixels]
  const auto blocks = [](int pixels) { return (pixels + kMacroblock - 1) / kMacroblock; };
  return slice.i_last_mb + 1 == blocks(config_.size.width) * blocks(config_.size.height);
}

void X264Encoder::on_nal_unit(x264_t* encoder, x264_nal_t& nal) {
  if (nal.i_type == NAL_SEI) return;  // see encode()
  // x264.h demands that much for what escapes and prefix may add.
  const auto room = static_cast<std::size_t>(nal.i_payload) * 3 / 2 + 5 + 64;
  x264_nal_encode(encoder, parts_.space(room), &nal);
  parts_.add(kLengthPrefix, static_cast<std::size_t>(nal.i_payload) - kLengthPrefix);
  keyframe_ = keyframe_ || nal.i_type == NAL_SLICE_IDR;
  const bool slice = nal.i_type == NAL_SLICE || nal.i_type == NAL_SLICE_IDR;
  if (!sink_ || !slice || ends_picture(nal)) return;
  if (const TimePoint now = monotonic_now(); parts_.due(now)) sink_({parts_.take(now), keyframe_});
}

Result<EncodedFrame> X264Encoder::encode(const I420View& picture, bool force_idr) {
  if (picture.size != config_.size) return fail(Errc::kInternal, "a picture of another size than the encoder's");
  x264_picture_t in;
  x264_picture_t out;
  x264_picture_init(&in);
  in.i_type = force_idr ? X264_TYPE_IDR : X264_TYPE_AUTO;
  in.i_pts = pictures_++;
  in.opaque = this;
  parts_.begin();
  keyframe_ = false;
  in.img.i_csp = X264_CSP_I420;
  in.img.i_plane = 3;
  const std::uint8_t* planes[] = {picture.y, picture.u, picture.v};
  const int strides[] = {picture.stride_y, picture.stride_uv, picture.stride_uv};
  for (int i = 0; i < 3; ++i) {
    in.img.plane[i] = const_cast<std::uint8_t*>(planes[i]);  // x264 copies the picture before it touches it
    in.img.i_stride[i] = strides[i];
  }
  x264_nal_t* nals = nullptr;
  int count = 0;
  if (x264_encoder_encode(handle_.get(), &nals, &count, &in, &out) <= 0)
    return fail(Errc::kInternal, "x264 made no picture");
  if (in_slices(config_)) return EncodedFrame{parts_.take(monotonic_now()), keyframe_};
  nals_.clear();
  for (int i = 0; i < count; ++i) {
    // The only SEI is x264's 700 bytes about its own settings, in the very frame that a first viewer waits for.
    if (nals[i].i_type != NAL_SEI) nals_.push_back(without_prefix(nals[i]));
  }
  return EncodedFrame{nals_, out.b_keyframe != 0};
}

Result<void> X264Encoder::set_bitrate(Bitrate bitrate) {
  x264_param_t p;
  x264_encoder_parameters(handle_.get(), &p);
  set_rate(p, bitrate, config_.vbv_frames);
  if (x264_encoder_reconfig(handle_.get(), &p) != 0) return fail(Errc::kInternal, "x264 refuses the bitrate");
  return {};
}

/// Of the SPS it is about to write; reading that is not possible where NAL units go through a callback.
std::string read_profile_level_id(x264_t* encoder) {
  x264_param_t p;
  x264_encoder_parameters(encoder, &p);
  // H.264 A.2.1, A.3.1: constraint_set0 and 1 say constrained baseline; level 1b is 11 with constraint_set3.
  constexpr int kLevel1b = 9;
  if (p.i_level_idc == kLevel1b) return "42d00b";
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "42c0%02x", static_cast<unsigned>(p.i_level_idc) & 0xff);
  return text.data();
}

}  // namespace

Result<std::unique_ptr<H264Encoder>> create_x264_encoder(const EncoderConfig& config) {
  if (config.size.width < 2 || config.size.height < 2 || config.size.width % 2 != 0 || config.size.height % 2 != 0) {
    return fail(Errc::kInvalid, "x264 needs even picture sizes");
  }
  if (config.rate.numerator == 0 || config.rate.denominator == 0) return fail(Errc::kInvalid, "a frame rate of zero");
  const char* preset = preset_for(config);
  auto parameters = make_parameters(config, preset);
  if (!parameters) return fail(parameters.error());
  X264Handle handle(x264_encoder_open(&*parameters));
  if (!handle) return fail(Errc::kInvalid, "x264 refuses the picture size or rate");
  std::string profile = read_profile_level_id(handle.get());
  return std::make_unique<X264Encoder>(std::move(handle), config, std::string("x264 ") + preset, std::move(profile));
}

}  // namespace perch::codec
