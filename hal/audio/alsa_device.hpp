// An open PCM of ALSA and its agreed parameters; what capture and playback have in common.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hal/audio/sample_format.hpp"
#include "hal/base/result.hpp"
#include "hal/base/time.hpp"

struct _snd_pcm;

namespace perch::audio {

struct PcmCloser {
  void operator()(_snd_pcm* pcm) const;
};
using Pcm = std::unique_ptr<_snd_pcm, PcmCloser>;

enum class PcmDirection { kCapture, kPlayback };

struct PcmRequest {
  int channels = 1;  ///< wanted; the nearest is taken
  Duration period{};
  Duration buffer{};
};

/// What the card agreed to.
struct PcmSettings {
  SampleFormat format = SampleFormat::kS16;
  int rate = 48'000;
  int channels = 1;
  std::size_t period = 0;  ///< [frames]
  std::size_t buffer = 0;  ///< [frames]
  [[nodiscard]] std::size_t frame_bytes() const {
    return bytes_per_sample(format) * static_cast<std::size_t>(channels);
  }
};

/// Opens ALSA's `name` ("default", "hw:1,0", "plughw:CARD=U0x46d0x81d") without ever waiting for it. Errors name the
/// way out: kNotFound lists the cards there are, kBusy says who has it, kPermission which group to join.
[[nodiscard]] Result<Pcm> open_pcm(const std::string& name, PcmDirection direction);

/// Agrees on the rate nearest to 48 kHz that the hardware itself has (ALSA's own conversion stays off: ours is better)
/// and on stamps of the monotonic clock. The PCM is prepared afterwards.
[[nodiscard]] Result<PcmSettings> configure_pcm(_snd_pcm* pcm, const PcmRequest& request);

/// "alsa:hw:1,0 (HD Webcam C525)"
[[nodiscard]] std::string describe_pcm(_snd_pcm* pcm, const std::string& name);

/// The Error for a negative code of ALSA: a device that was pulled out is kNotFound.
[[nodiscard]] tl::unexpected<Error> fail_alsa(const std::string& what, int code);

}  // namespace perch::audio
