// From blocks of a microphone to Opus packets ready for viewers: everything of the audio pipeline but thread and
// device.
#pragma once

#include <memory>
#include <vector>

#include "media/codec/audio_ducker.hpp"
#include "media/codec/audio_framer.hpp"
#include "media/codec/opus_encoder.hpp"
#include "media/rtp/frame_packets.hpp"

namespace perch::codec {

/// One thread. Packets are numbered without gaps over restarts; timestamps go on.
class AudioStage {
 public:
  struct Counters {
    std::uint64_t frames = 0;  ///< encoded
    std::uint64_t silent = 0;  ///< of which DTX left out
  };

  AudioStage(OpusSettings settings, std::uint32_t timestamp_offset) : settings_(settings), framer_(timestamp_offset) {}
  /// A source with so many channels begins; to be called before its first block.
  [[nodiscard]] Result<void> start(int channels);
  /// Appends the packets that are complete now.
  [[nodiscard]] Result<void> push(const audio::AudioBlock& block, std::vector<rtp::FramePacketsPtr>& out);
  void set_ducked(bool ducked) { ducker_.set_ducked(ducked); }
  void set_expected_loss(double fraction);
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  [[nodiscard]] rtp::FramePacketsPtr pack(const AudioFramer::Frame& frame, ByteView packet);

  OpusSettings settings_;
  AudioFramer framer_;
  AudioDucker ducker_;
  std::unique_ptr<SpeechEncoder> encoder_;
  std::vector<std::int16_t> samples_;
  double expected_loss_ = 0;
  rtp::PacketIndex next_index_ = 0;
  Counters counters_;
};

}  // namespace perch::codec
