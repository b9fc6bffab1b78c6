// The talk thread: Opus packets of the one who speaks, through a jitter buffer, to the loudspeaker.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "hal/audio/audio_sink.hpp"
#include "media/codec/talk_packet.hpp"

namespace perch::codec {

struct TalkStarted {
  std::string sink;  ///< description, for logs
};
/// Nothing is heard for now; the pipeline keeps trying as long as packets come. Comes once per outage, again only when
/// the kind of error changed for good.
struct TalkLost {
  Error error;
};
using TalkEvent = std::variant<TalkStarted, TalkLost>;

struct TalkPipelineStats {
  std::uint64_t packets = 0;    ///< taken
  std::uint64_t late = 0;       ///< came after their time, or twice
  std::uint64_t concealed = 0;  ///< frames made up because a packet was missing
  std::uint64_t recovered = 0;  ///< frames restored from the next packet's FEC
  std::uint64_t underruns = 0;
  Duration delay{};  ///< present: jitter buffer and card together
};

/// Opens the loudspeaker on a thread of its own when the first packet comes; closes it when destroyed.
class TalkPipeline {
 public:
  struct Config {
    std::string sink;
    int volume = 100;                          ///< [0..100]
    Duration retry_first = milliseconds(250);  ///< between attempts to open the sink, which only packets cause
    Duration retry_max = seconds(1);
  };
  /// Called on the talk thread, never after the destructor returned. Must not block.
  struct Hooks {
    std::function<Result<std::unique_ptr<audio::AudioSink>>(const std::string&)> open = audio::open_audio_sink;
    std::function<void(TalkEvent)> on_event;
  };

  /// Fails only when the process is out of file descriptors.
  [[nodiscard]] static Result<std::unique_ptr<TalkPipeline>> create(Config config, Hooks hooks);
  virtual ~TalkPipeline() = default;

  /// Never blocks; a flood is dropped. Any thread. Another ssrc than before begins anew.
  virtual void push(TalkPacket packet) = 0;
  /// Any thread.
  [[nodiscard]] virtual TalkPipelineStats stats() const = 0;
};

}  // namespace perch::codec
