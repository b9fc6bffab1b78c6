// From Opus packets of one speaker to samples for the loudspeaker: everything of the talk pipeline but thread and
// device.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "hal/audio/resampler.hpp"
#include "hal/base/result.hpp"
#include "media/codec/jitter_buffer.hpp"
#include "media/codec/opus_decoder.hpp"

namespace perch::codec {

/// Drift between the speaker's clock and the card's never piles up: what is decoded is played up to 1 % faster or
/// slower, so that the delay stays where the jitter wants it. Pure but for the codec's own state; one thread.
class TalkPlayer {
 public:
  /// `volume` [0..100]; the loudness goes with its square, as ears do.
  [[nodiscard]] static Result<TalkPlayer> create(int channels, int volume);

  /// Another ssrc than before begins anew.
  void push(TalkPacket packet);
  /// Fills `out` (whole interleaved frames), with silence where nobody speaks. `at`: see JitterBuffer::next().
  void pull(TimePoint at, std::span<std::int16_t> out);
  /// Nobody speaks: pull() would give silence until the next push().
  [[nodiscard]] bool idle() const { return buffer_.idle() && ready_.empty(); }
  /// Of the jitter buffer and what is decoded ahead.
  [[nodiscard]] Duration delay() const { return buffer_.delay(); }
  /// Summed over all speakers.
  [[nodiscard]] JitterBuffer::Counters counters() const;
  /// Playing speed in relation to the card's clock.
  [[nodiscard]] double speed() const { return speed_; }

 private:
  TalkPlayer(std::unique_ptr<SpeechDecoder> decoder, int channels, int volume);
  [[nodiscard]] bool decode_more(TimePoint at);
  [[nodiscard]] Result<std::span<const std::int16_t>> decode(const JitterBuffer::Next& next);
  void adapt_speed();

  std::unique_ptr<SpeechDecoder> decoder_;
  std::size_t channels_;
  float gain_;
  JitterBuffer buffer_;
  JitterBuffer::Counters earlier_;  // of speakers before
  std::optional<rtp::Ssrc> ssrc_;
  audio::Resampler resampler_;
  double speed_ = 1;
  double excess_s_ = 0;  // smoothed delay beyond the target
  std::vector<float> decoded_;
  std::vector<float> ready_;  // at the card's speed, not yet pulled
};

}  // namespace perch::codec
