// The interface of everything that plays sound, and the function that opens one by its configured name.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "hal/audio/audio_format.hpp"
#include "hal/base/result.hpp"
#include "hal/base/time.hpp"

namespace perch::audio {

/// An open speaker. One thread uses it; nothing blocks. Sound that is not there in time is silence (an underrun), not
/// an error.
class AudioSink {
 public:
  virtual ~AudioSink() = default;
  /// What write() takes: 48 kHz, one or two channels, whatever the card has. Constant.
  [[nodiscard]] virtual AudioFormat format() const = 0;
  /// Frames (samples per channel) that can be written now.
  [[nodiscard]] virtual Result<std::size_t> writable(TimePoint now) = 0;
  /// Queues whole frames, at most writable(). kNotFound: the device is gone.
  [[nodiscard]] virtual Result<void> write(TimePoint now, std::span<const std::int16_t> samples) = 0;
  /// How long from write() to the ear: what is queued in the card's buffer. Zero after an underrun.
  [[nodiscard]] virtual Duration delay() const = 0;
  [[nodiscard]] virtual std::uint64_t underruns() const { return 0; }
  /// Nothing more comes for now: what is queued is dropped and the card rests until the next write().
  virtual void rest() = 0;
  /// For logs.
  [[nodiscard]] virtual std::string description() const = 0;
};

/// `name`: alsa:NAME. Errors as open_audio_source().
[[nodiscard]] Result<std::unique_ptr<AudioSink>> open_audio_sink(const std::string& name);

}  // namespace perch::audio
