// One tier of a camera: its frames become RTP payloads here, once, whoever watches.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/video/video_source.hpp"
#include "media/codec/frame_thinner.hpp"
#include "media/codec/h264_encoder.hpp"
#include "media/codec/h264_passthrough.hpp"
#include "media/codec/keyframe_gate.hpp"
#include "media/codec/quality_ladder.hpp"
#include "media/codec/shared_picture.hpp"
#include "media/rtp/h264_packetizer.hpp"

namespace perch::codec {

/// What viewers and logs are told about the stream of a tier.
struct StreamDescription {
  std::string encoder;           ///< "x264 ultrafast", or "pass-through"
  bool passthrough = false;      ///< made by the source
  std::string profile_level_id;  ///< RFC 6184 §8.1
  Size size;
  bool can_request_keyframe = true;  ///< false: joiners wait for the source's next one
  bool can_set_bitrate = true;       ///< false: the stream is as it is
  std::string reason;                ///< why this encoder, e.g. "the camera encodes"
  double fps = 0;                    ///< [1/s] of what we encode; 0: the source's, whatever that is
  bool operator==(const StreamDescription&) const = default;
};

struct TierConfig {
  rtp::Tier tier = rtp::Tier::kMain;
  Size size_limit{1280, 720};  ///< larger sources are shrunk into it; pass-through is not touched
  double max_fps = 0;          ///< [1/s] pictures beyond are left out, but of pass-through; 0: none
  Bitrate bitrate = Bitrate::kbps(2000);
  std::string encoder = "auto";
  double vbv_frames = 2;  ///< see EncoderConfig
  int threads = 1;
  /// Takes the parts of a picture that leave while the rest is being encoded. Empty: pictures stay whole.
  std::function<void(rtp::FramePacketsPtr)> on_part;
  EncoderFactory create_encoder = create_h264_encoder;
};

/// Scales, encodes and packetises; no I/O, no clock of its own. Packet numbers go on for as long as it lives, over any
/// number of sources and encoders. Single thread.
class TierEncoder {
 public:
  explicit TierEncoder(TierConfig config);
  TierEncoder(const TierEncoder&) = delete;
  TierEncoder& operator=(const TierEncoder&) = delete;

  /// A source was opened: makes or keeps the encoder, and makes the next frame a key frame. Wishes for key frames and
  /// bitrates go to `source` when it is the one that encodes; borrowed until the next start() or stop().
  [[nodiscard]] Result<void> start(const video::VideoFormat& format, video::VideoSource* source = nullptr);
  /// The source is about to go.
  void stop() { source_ = nullptr; }
  /// Frees the encoder until the next start().
  void release();
  /// The picture's packets, or its last ones after those that went to TierConfig::on_part; null when there is nothing
  /// to send (a picture that is damaged or beyond the frame rate, or pass-through before its first key frame). An
  /// error: the encoder failed, start() again.
  [[nodiscard]] Result<rtp::FramePacketsPtr> on_picture(SharedPicture& picture, TimePoint now);
  void request_keyframe() { gate_.request(); }
  /// From the next frame on. A failure is the encoder's.
  [[nodiscard]] Result<void> set_bitrate(Bitrate bitrate);
  /// From the next frame on, within the limits of TierConfig: another size means another encoder and a key frame.
  /// Pass-through is not touched. A failure is the encoder's.
  [[nodiscard]] Result<void> set_shape(const PictureShape& shape);
  /// Nothing until the stream's profile is known: for pass-through that is with the first key frame.
  [[nodiscard]] std::optional<StreamDescription> description() const;
  /// Pictures that were damaged and left out since the start.
  [[nodiscard]] std::uint64_t damaged() const { return damaged_; }

  /// The last picture on its way out, all its parts together.
  struct Coded {
    std::size_t bytes = 0;  ///< of RTP payload
    bool keyframe = false;
  };
  [[nodiscard]] const Coded& last_coded() const { return coded_; }

 private:
  void start_passthrough();
  [[nodiscard]] Result<void> start_encoder(const video::VideoFormat& format);
  [[nodiscard]] Result<void> replace_encoder(EncoderConfig wanted);
  [[nodiscard]] Result<void> apply_bitrate();
  [[nodiscard]] Bitrate encoder_bitrate() const;
  [[nodiscard]] double fps() const;
  [[nodiscard]] Result<std::optional<EncodedFrame>> encode_picture(SharedPicture& picture, bool force_idr);
  void offer_dmabufs(const video::VideoFormat& format) const;
  void ask_source_for_keyframe(TimePoint now);
  [[nodiscard]] Result<rtp::FramePacketsPtr> encode(SharedPicture& picture, TimePoint now);
  [[nodiscard]] rtp::FramePacketsPtr pass_through(const video::Frame& frame, TimePoint now);
  void begin_picture(const SharedPicture& picture);
  void hand_on(const EncodedFrame& part);
  [[nodiscard]] rtp::FramePacketsPtr finish_picture(const EncodedFrame& rest, TimePoint now);
  [[nodiscard]] rtp::FramePacketsPtr packetize(const EncodedFrame& encoded, bool ends_picture);

  TierConfig config_;
  PictureShape shape_;         // what is wanted of the source's pictures
  video::VideoFormat format_;  // of the source
  FrameThinner thinner_;
  EncoderConfig wanted_;  // of encoder_
  std::unique_ptr<H264Encoder> encoder_;
  std::unique_ptr<H264Passthrough> passthrough_;
  video::VideoSource* source_ = nullptr;
  bool source_makes_keyframes_ = false;  // of a source that encodes: it can be asked
  bool source_sets_bitrate_ = false;
  std::optional<TimePoint> asked_source_at_;  // for a key frame
  std::optional<std::uint32_t> last_number_;  // of the coded frames from source_
  std::string hardware_fault_;                // why "auto" means x264 from now on
  PixelScaler scaler_;
  KeyframeGate gate_;
  bool force_keyframe_ = false;  // a new source starts with one, gate or not
  rtp::H264Packetizer packetizer_;
  rtp::PacketIndex next_index_ = 0;
  rtp::Timestamp timestamp_;  // of the picture in work
  TimePoint captured_at_;     // likewise
  Coded coded_;               // likewise
  std::uint64_t damaged_ = 0;
};

}  // namespace perch::codec
