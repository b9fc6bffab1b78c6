// Opus as Perch speaks it: 20 ms packets of 48 kHz, with in-band FEC. RFC 6716, RFC 7587.
#pragma once

#include <memory>
#include <span>

#include "hal/audio/audio_format.hpp"
#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "hal/base/units.hpp"

struct OpusEncoder;

namespace perch::codec {

/// RTP's clock for Opus is 48 kHz whatever the sound. RFC 7587 §4.1.
inline constexpr int kOpusRate = 48'000;
/// Samples per channel in one of our packets: 20 ms.
inline constexpr std::size_t kOpusFrame = 960;

struct OpusSettings {
  int channels = 1;
  Bitrate bitrate = Bitrate::kbps(32);
  bool dtx = false;
  /// [0..10] CPU against quality. 5 costs half of 10: 0.7 % of a Zen 4 core in mono.
  int complexity = 5;
};

/// One thread.
class SpeechEncoder {
 public:
  [[nodiscard]] static Result<std::unique_ptr<SpeechEncoder>> create(const OpusSettings& settings);
  ~SpeechEncoder();
  SpeechEncoder(const SpeechEncoder&) = delete;
  SpeechEncoder& operator=(const SpeechEncoder&) = delete;

  /// Exactly kOpusFrame frames, interleaved. The packet is valid until the next call; empty: DTX says there is nothing
  /// worth sending.
  [[nodiscard]] Result<ByteView> encode(std::span<const std::int16_t> samples);
  /// Expected loss [0..1]. From one percent on, packets also carry a coarse copy of the one before. Out of range is
  /// cut.
  void set_expected_loss(double fraction);

 private:
  SpeechEncoder(OpusEncoder* encoder, int channels);

  OpusEncoder* const encoder_;
  const int channels_;
  int loss_percent_ = 0;
  Bytes packet_;
};

}  // namespace perch::codec
