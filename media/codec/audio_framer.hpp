// Cuts the blocks of a microphone into frames of 20 ms and numbers their samples. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hal/audio/audio_source.hpp"
#include "media/rtp/types.hpp"

namespace perch::codec {

/// Timestamps count samples, not time: how fast the card's clock runs shows in `captured_at` alone, and receivers learn
/// it from the sender reports. Where sound is missing they jump by as much as is missing.
class AudioFramer {
 public:
  struct Frame {
    std::span<const std::int16_t> samples;  ///< interleaved; valid until the next call
    TimePoint captured_at;                  ///< of the first sample
    rtp::Timestamp timestamp;               ///< 48 kHz
  };

  /// `offset` is the first timestamp.
  explicit AudioFramer(std::uint32_t offset) : ticks_(offset) {}
  /// Another source begins, perhaps with another number of channels. A gap.
  void restart(int channels);
  /// Takes what next() will give. After a block with `gap` the frame in the making is dropped.
  void push(const audio::AudioBlock& block);
  /// The next whole frame. To be called until there is none.
  [[nodiscard]] std::optional<Frame> next();

 private:
  [[nodiscard]] std::size_t buffered() const { return (samples_.size() - taken_) / channels_; }
  [[nodiscard]] TimePoint end() const;
  void skip_to(TimePoint at);

  std::size_t channels_ = 1;
  std::int64_t ticks_;                 // of the next frame's first sample
  std::optional<TimePoint> next_at_;   // when that sample was captured; nothing before the first block
  std::vector<std::int16_t> samples_;  // from there on
  std::size_t taken_ = 0;              // of `samples_`, already given away
};

}  // namespace perch::codec
