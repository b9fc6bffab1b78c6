// One tier of a camera: its frames become RTP payloads here, once, whoever watches.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "hal/video/video_source.hpp"
#include "media/codec/h264_encoder.hpp"
#include "media/codec/h264_passthrough.hpp"
#include "media/codec/keyframe_gate.hpp"
#include "media/codec/pixel_convert.hpp"
#include "media/rtp/h264_packetizer.hpp"
#include "media/rtp/media_clock.hpp"

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
  bool operator==(const StreamDescription&) const = default;
};

struct TierConfig {
  Size size_limit{1280, 720};  ///< larger sources are shrunk into it; pass-through is not touched
  Bitrate bitrate = Bitrate::kbps(2000);
  std::string encoder = "auto";
  double vbv_frames = 2;  ///< see EncoderConfig
  int threads = 1;
  std::uint32_t timestamp_offset = 0;  ///< RFC 3550 §5.1: a random number
  EncoderFactory create_encoder = create_h264_encoder;
};

/// Converts, encodes and packetises; no I/O, no clock of its own. RTP time and packet numbers go on for as long as it
/// lives, over any number of sources. Single thread.
class TierEncoder {
 public:
  explicit TierEncoder(TierConfig config);

  /// A source was opened: makes or keeps the encoder, and makes the next frame a key frame. Wishes for key frames and
  /// bitrates go to `source` when it is the one that encodes; borrowed until the next start() or stop().
  [[nodiscard]] Result<void> start(const video::VideoFormat& format, video::VideoSource* source = nullptr);
  /// The source is about to go.
  void stop() { source_ = nullptr; }
  /// The frame's packets; null when there is nothing to send (a damaged picture, or pass-through before its first key
  /// frame). An error: the encoder failed, start() again.
  [[nodiscard]] Result<rtp::FramePacketsPtr> on_frame(const video::Frame& frame, TimePoint now);
  void request_keyframe() { gate_.request(); }
  /// From the next frame on. A failure is the encoder's.
  [[nodiscard]] Result<void> set_bitrate(Bitrate bitrate);
  /// Nothing until the stream's profile is known: for pass-through that is with the first key frame.
  [[nodiscard]] std::optional<StreamDescription> description() const;
  /// Pictures that were damaged and left out since the start.
  [[nodiscard]] std::uint64_t damaged() const { return damaged_; }

 private:
  void start_passthrough();
  [[nodiscard]] Result<void> start_encoder(const video::VideoFormat& format);
  [[nodiscard]] Result<std::optional<EncodedFrame>> encode_picture(const video::Frame& frame, bool force_idr);
  void offer_dmabufs(const video::VideoFormat& format) const;
  void ask_source_for_keyframe(TimePoint now);
  [[nodiscard]] Result<rtp::FramePacketsPtr> encode(const video::Frame& frame, TimePoint now);
  [[nodiscard]] rtp::FramePacketsPtr pass_through(const video::Frame& frame, TimePoint now);
  [[nodiscard]] rtp::FramePacketsPtr packetize(const EncodedFrame& encoded, TimePoint captured_at, TimePoint now);

  TierConfig config_;
  EncoderConfig wanted_;  // of encoder_
  std::unique_ptr<H264Encoder> encoder_;
  std::unique_ptr<H264Passthrough> passthrough_;
  video::VideoSource* source_ = nullptr;
  bool source_makes_keyframes_ = false;  // of a source that encodes: it can be asked
  bool source_sets_bitrate_ = false;
  std::optional<TimePoint> asked_source_at_;  // for a key frame
  std::optional<std::uint32_t> last_number_;  // of the coded frames from source_
  std::string hardware_fault_;                // why "auto" means x264 from now on
  PixelConverter converter_;
  KeyframeGate gate_;
  bool force_keyframe_ = false;  // a new source starts with one, gate or not
  rtp::H264Packetizer packetizer_;
  rtp::MediaClock clock_;
  rtp::PacketIndex next_index_ = 0;
  std::uint64_t damaged_ = 0;
};

}  // namespace perch::codec
