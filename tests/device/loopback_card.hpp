// The other ends of snd-aloop's cables, and the card's own switches.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hal/base/result.hpp"
#include "hal/base/time.hpp"

struct _snd_pcm;

namespace perch::audio {

/// What is played into a loopback cable.
struct LoopbackFormat {
  int rate = 48'000;
  int channels = 1;
  bool wide = false;  ///< 32 bits instead of 16
};

/// Plays sound into a cable for as long as it exists; the same in all channels. A thread of its own.
class LoopbackPlayer {
 public:
  /// Sample number `n` of the sound [-1..1].
  using Sound = std::function<double(std::int64_t n)>;
  /// `device`: ALSA's name of a playback end.
  [[nodiscard]] static Result<std::unique_ptr<LoopbackPlayer>> start(const std::string& device,
                                                                     const LoopbackFormat& format, Sound sound);
  ~LoopbackPlayer();
  LoopbackPlayer(const LoopbackPlayer&) = delete;
  LoopbackPlayer& operator=(const LoopbackPlayer&) = delete;
  /// When the card began to play sample 0; a time long past before it did.
  [[nodiscard]] TimePoint started_at() const { return started_at_.load(); }

 private:
  LoopbackPlayer(_snd_pcm* pcm, const LoopbackFormat& format, Sound sound);
  void run();
  [[nodiscard]] std::vector<unsigned char> next_block();

  _snd_pcm* const pcm_;
  const LoopbackFormat format_;
  const Sound sound_;
  std::int64_t position_ = 0;
  std::atomic<TimePoint> started_at_{TimePoint{}};
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

/// A sine of half of full scale at `hz`.
[[nodiscard]] LoopbackPlayer::Sound hum(double hz, int rate = 48'000);

/// Bends the clock of the capture ends of `pcm_device` and of the playback ends that lead there by so many millionths
/// (in steps of 10; above zero it is faster). True if the driver took it.
[[nodiscard]] bool bend_loopback_clock(int pcm_device, int subdevice, int ppm);

/// What a cable of the card does: the driver keeps the writer back until the last user has closed.
[[nodiscard]] bool unplug_loopback();
[[nodiscard]] bool plug_in_loopback();

}  // namespace perch::audio
