// The interface of everything that delivers sound, and the function that opens one by its configured name.
#pragma once

#include <poll.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "hal/audio/audio_format.hpp"
#include "hal/base/result.hpp"
#include "hal/base/time.hpp"

namespace perch::audio {

struct SourceRequest {
  std::string source = "tone";  ///< tone | alsa:NAME
  int channels = 1;             ///< wanted: 1 or 2
};

/// Borrowed from the source until its next read.
struct AudioBlock {
  std::span<const std::int16_t> samples;  ///< interleaved, whole frames
  TimePoint captured_at;                  ///< monotonic; of the first sample, drift of the card's clock included
  bool gap = false;                       ///< sound was lost before this block (overrun)
};

/// An open source, delivering from the moment it exists until it is destroyed (which closes the device).
/// One thread uses it; nothing blocks but the poll on poll_fds(), which is the caller's.
class AudioSource {
 public:
  virtual ~AudioSource() = default;
  /// What is delivered: 48 kHz, whatever the card has. Constant.
  [[nodiscard]] virtual AudioFormat format() const = 0;
  /// To be polled; ready when read() may have something to say. Constant, owned by the source.
  [[nodiscard]] virtual std::span<const pollfd> poll_fds() const = 0;
  /// `polled` are copies of poll_fds() with what poll(2) found. The next block, or nothing when none is ready.
  /// kNotFound: the device is gone. Any other error: the source must be closed and may be opened again.
  [[nodiscard]] virtual Result<std::optional<AudioBlock>> read(TimePoint now, std::span<pollfd> polled) = 0;
  /// Times that sound was lost because nobody read soon enough.
  [[nodiscard]] virtual std::uint64_t overruns() const { return 0; }
  /// For logs: "alsa:default (HD Webcam C525)", "tone".
  [[nodiscard]] virtual std::string description() const = 0;
};

/// Opens by name. Errors say what was tried and the way out (which cards there are, which group to join).
[[nodiscard]] Result<std::unique_ptr<AudioSource>> open_audio_source(const SourceRequest& request);

}  // namespace perch::audio
