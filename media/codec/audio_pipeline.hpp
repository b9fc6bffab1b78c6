// The audio thread: from an open microphone to Opus packets, and back to an open one when it was pulled out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "hal/audio/audio_source.hpp"
#include "hal/base/units.hpp"
#include "media/rtp/frame_packets.hpp"

namespace perch::codec {

/// The source is open and delivers. Comes again after each Lost.
struct AudioStarted {
  std::string source;  ///< description, for logs
  audio::AudioFormat format;
};
/// No sound for now; the pipeline keeps trying. Comes once per outage, again only when the kind of error changed for
/// good.
struct AudioLost {
  Error error;
};
using AudioEvent = std::variant<AudioStarted, AudioLost>;

struct AudioPipelineStats {
  std::uint64_t frames = 0;    ///< 20 ms frames encoded
  std::uint64_t silent = 0;    ///< of which left out by DTX
  std::uint64_t overruns = 0;  ///< times that sound was lost
  std::uint64_t opened = 0;
};

/// How the daemon waits; tests make it shorter.
struct AudioTiming {
  Duration retry_first = milliseconds(250);
  Duration retry_max = seconds(1);  ///< so that a replugged card is soon heard
  Duration stall = seconds(2);      ///< a source silent for so long is closed and opened again
};

/// Opens its source on a thread of its own as soon as it is made and closes it when destroyed.
class AudioPipeline {
 public:
  struct Config {
    audio::SourceRequest source;
    Bitrate bitrate = Bitrate::kbps(32);
    bool dtx = false;                    ///< send nothing in silence
    std::uint32_t timestamp_offset = 0;  ///< RFC 3550 §5.1: a random number
    AudioTiming timing{};
  };
  /// Called on the audio thread, perhaps before create() returned, never after the destructor did. Must not block.
  struct Hooks {
    std::function<Result<std::unique_ptr<audio::AudioSource>>(const audio::SourceRequest&)> open =
        audio::open_audio_source;
    /// One Opus packet of 20 ms: one fragment, `keyframe` set, timestamps in 48 kHz ticks that count samples.
    std::function<void(rtp::FramePacketsPtr)> on_frame;
    std::function<void(AudioEvent)> on_event;
  };

  /// Fails only when the process is out of file descriptors; a missing microphone comes as AudioLost.
  [[nodiscard]] static Result<std::unique_ptr<AudioPipeline>> create(Config config, Hooks hooks);
  /// Stops and waits for the device to close.
  virtual ~AudioPipeline() = default;

  /// Somebody speaks through our loudspeaker: the microphone is turned down, so that it does not howl. Any thread.
  virtual void set_ducked(bool ducked) = 0;
  /// Share of packets that get lost on the way to the worst viewer [0..1]: how much FEC is worth. Any thread.
  virtual void set_expected_loss(double fraction) = 0;
  /// Any thread.
  [[nodiscard]] virtual AudioPipelineStats stats() const = 0;
};

}  // namespace perch::codec
