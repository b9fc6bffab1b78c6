// Decodes Opus packets that came over the network, and makes up those that did not. RFC 6716.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"

struct OpusDecoder;

namespace perch::codec {

/// Samples per channel at 48 kHz that a packet stands for [120..5760]; nothing when it is malformed. Any bytes.
[[nodiscard]] std::optional<std::size_t> opus_duration(ByteView packet);

/// To 48 kHz. Packets are untrusted. Each call returns interleaved samples that are valid until the next. One thread.
class SpeechDecoder {
 public:
  /// `channels` is what comes out (1 or 2), whatever the packets hold.
  [[nodiscard]] static Result<std::unique_ptr<SpeechDecoder>> create(int channels);
  ~SpeechDecoder();
  SpeechDecoder(const SpeechDecoder&) = delete;
  SpeechDecoder& operator=(const SpeechDecoder&) = delete;

  /// kInvalid: not a packet.
  [[nodiscard]] Result<std::span<const std::int16_t>> decode(ByteView packet);
  /// The frame before `packet`, from the coarse copy in it; made up when it has none. `frames`: how long that frame
  /// was.
  [[nodiscard]] Result<std::span<const std::int16_t>> recover(ByteView packet, std::size_t frames);
  /// Makes up `frames` samples per channel from what was heard last; fades out when called again and again.
  [[nodiscard]] Result<std::span<const std::int16_t>> conceal(std::size_t frames);
  /// Forgets what was heard: somebody else speaks.
  void reset();

 private:
  SpeechDecoder(OpusDecoder* decoder, int channels);
  [[nodiscard]] Result<std::span<const std::int16_t>> run(ByteView packet, std::size_t frames, bool fec);

  OpusDecoder* const decoder_;
  const int channels_;
  std::vector<std::int16_t> samples_;
};

}  // namespace perch::codec
