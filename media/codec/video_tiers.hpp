// All encodes of one camera: main as large and fast as the network allows, and low beside it while somebody needs it.
#pragma once

#include "media/codec/quality_ladder.hpp"
#include "media/codec/tier_encoder.hpp"
#include "media/rtp/media_clock.hpp"

namespace perch::codec {

/// Stamps each captured picture once and has it converted at most once for both tiers. What happens to low never
/// disturbs main. RTP time and packet numbers go on for as long as it lives, over any number of sources. No I/O but the
/// encoders', no clock of its own. Single thread.
class VideoTiers {
 public:
  static constexpr Size kLowSize{640, 360};
  static constexpr double kLowFps = 15;  // [1/s]
  static constexpr Bitrate kLowBitrate = Bitrate::kbps(300);
  /// An encoder for low that failed is tried again after that.
  static constexpr Duration kLowRetry = seconds(5);

  struct Config {
    TierConfig main;  ///< its bitrate is the ceiling
    QualityLadder::Config ladder;
    std::uint32_t timestamp_offset = 0;  ///< RFC 3550 §5.1: a random number
    /// Called from within on_frame(): main's packets (the last ones after those for TierConfig::on_part), as soon as
    /// they are there, then low's.
    std::function<void(rtp::FramePacketsPtr)> on_packets;
  };

  explicit VideoTiers(Config config);

  /// A source was opened or is about to go, as in TierEncoder. Low follows with the next frame.
  [[nodiscard]] Result<void> start(const video::VideoFormat& format, video::VideoSource* source = nullptr);
  void stop();
  /// An error: main's encoder failed, start() again.
  [[nodiscard]] Result<void> on_frame(const video::Frame& frame, TimePoint now);

  void request_keyframe(rtp::Tier tier) { (tier == rtp::Tier::kMain ? main_ : low_).request_keyframe(); }
  /// What the network carries, from the next picture on; main's picture shrinks when that is too little for it. A
  /// failure is main's encoder's.
  [[nodiscard]] Result<void> set_main_bitrate(TimePoint now, Bitrate bitrate);
  /// Nothing: low stops, and its encoder is freed.
  void set_low_bitrate(std::optional<Bitrate> bitrate);

  [[nodiscard]] const TierEncoder& main() const { return main_; }
  [[nodiscard]] const TierEncoder& low() const { return low_; }

 private:
  [[nodiscard]] bool can_have_low(TimePoint now) const;
  [[nodiscard]] Result<rtp::FramePacketsPtr> encode_low(SharedPicture& picture, TimePoint now);

  const std::function<void(rtp::FramePacketsPtr)> on_packets_;
  const QualityLadder::Config ladder_config_;
  TierEncoder main_;
  TierEncoder low_;
  std::optional<Bitrate> low_bitrate_;
  bool low_started_ = false;
  std::optional<TimePoint> low_failed_at_;
  const Size size_limit_;
  video::VideoFormat format_;  // of the source
  std::optional<QualityLadder> ladder_;
  PixelConverter converter_;
  rtp::MediaClock clock_;
};

}  // namespace perch::codec
