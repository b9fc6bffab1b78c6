// Opens the microphone for the first listener and closes it with the last.
#pragma once

#include <functional>
#include <memory>

#include "hal/base/event_loop.hpp"
#include "media/codec/audio_pipeline.hpp"

namespace perch::agent {

/// Thread: ctl. Owns the audio pipeline, and with it the audio thread. There is no linger time as for the camera: a
/// microphone that nobody listens to is closed.
class MicrophoneSwitch {
 public:
  struct Callbacks {
    std::function<void(rtp::FramePacketsPtr)> on_frame;  ///< on the audio thread, must not block
    std::function<void()> on_closed;                     ///< on ctl: no more packets come
    std::function<void(bool lost)> on_health;            ///< on ctl: it delivers, or it does not
  };

  MicrophoneSwitch(EventLoop& loop, codec::AudioPipeline::Config config, Callbacks callbacks);
  ~MicrophoneSwitch();

  void on_listeners(std::size_t listeners);
  /// Somebody speaks through the loudspeaker.
  void set_ducked(bool ducked);
  /// See AudioPipeline::set_expected_loss().
  void set_expected_loss(double fraction);
  /// Nothing while it is closed.
  [[nodiscard]] std::optional<codec::AudioPipelineStats> stats() const;

 private:
  void on_event(const codec::AudioEvent& event);
  void open();
  void close();

  EventLoop& loop_;
  const codec::AudioPipeline::Config config_;
  const Callbacks callbacks_;
  bool ducked_ = false;
  /// Events of a pipeline that is closed already are still on their way through the loop: each carries its number.
  std::uint64_t generation_ = 0;
  std::unique_ptr<codec::AudioPipeline> pipeline_;
};

}  // namespace perch::agent
