// The interface of H.264 encoders, and the function that opens one by its configured name.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "hal/base/result.hpp"
#include "hal/base/units.hpp"
#include "hal/video/frame.hpp"
#include "media/codec/i420.hpp"

namespace perch::codec {

struct EncoderConfig {
  std::string encoder = "auto";  ///< auto (hardware where there is some) | x264 | v4l2m2m
  Size size;                     ///< even in both directions
  FrameRate rate;
  Bitrate bitrate = Bitrate::kbps(2000);
  /// Largest frame, in frames of average size [1..3]: small keeps key frames short on the wire, large keeps them sharp.
  double vbv_frames = 2;
  /// The pictures use luma 0..255, as JPEG does, instead of 16..235.
  bool full_range = false;
  int threads = 1;
  /// What the camera delivers: some encoders take it as it is.
  video::PixelFormat source_pixel = video::PixelFormat::kI420;
  /// [bytes] Slices no larger than that where the encoder can: one packet lost is one slice lost. 0: one slice.
  std::size_t max_slice_bytes = 0;
};

/// One coded picture. NAL units without start codes, borrowed from the encoder until its next call; SPS and PPS come in
/// front of every IDR.
struct EncodedFrame {
  std::span<const ByteView> nals;
  bool keyframe = false;  ///< of the whole picture
};

/// Takes some of a picture's NAL units while the rest is still being encoded; borrowed for the call.
using PartSink = std::function<void(const EncodedFrame&)>;

/// No picture is held back: what goes in comes out of the same call. Single thread.
class H264Encoder {
 public:
  virtual ~H264Encoder() = default;
  /// `picture` has the configured size and is borrowed for the call. Any error: the encoder is to be thrown away.
  [[nodiscard]] virtual Result<EncodedFrame> encode(const I420View& picture, bool force_idr) = 0;
  /// Frames of this format may go in as they come from the camera, by encode_frame().
  [[nodiscard]] virtual bool takes(const video::VideoFormat&) const { return false; }
  /// As encode(), but without any conversion before it; by the frame's DMA buffer where both sides can.
  [[nodiscard]] virtual Result<EncodedFrame> encode_frame(const video::Frame&, bool) {
    return fail(Errc::kUnsupported, "this encoder takes I420 only");
  }
  /// From now on pictures may come in parts: `sink` is called from within encode(), which then returns the last part.
  /// Encoders that make a picture at once never call it.
  virtual void set_part_sink(const PartSink& /*sink*/) {}
  /// From the next picture on, without a key frame. Does nothing where can_set_bitrate() is false.
  [[nodiscard]] virtual Result<void> set_bitrate(Bitrate bitrate) = 0;
  [[nodiscard]] virtual bool can_set_bitrate() const { return true; }
  /// For logs, e.g. "x264 ultrafast".
  [[nodiscard]] virtual std::string name() const = 0;
  /// RFC 6184 §8.1, of the stream really made, e.g. "42c01f". Empty while only the first picture can tell.
  [[nodiscard]] virtual std::string profile_level_id() const = 0;
  /// Why it was chosen, for logs.
  [[nodiscard]] const std::string& reason() const { return reason_; }
  void set_reason(std::string reason) { reason_ = std::move(reason); }

 private:
  std::string reason_;
};

using EncoderFactory = std::function<Result<std::unique_ptr<H264Encoder>>(const EncoderConfig&)>;

/// kUnsupported for a name nobody knows, kInvalid for a size or rate no encoder takes, kNotFound for hardware that is
/// asked for by name and not there.
[[nodiscard]] Result<std::unique_ptr<H264Encoder>> create_h264_encoder(const EncoderConfig& config);

}  // namespace perch::codec
