// Opens sources and sinks of sound by their configured names: tone, alsa:NAME.
#include "hal/audio/alsa_capture.hpp"
#include "hal/audio/alsa_playback.hpp"
#include "hal/audio/tone_source.hpp"

namespace perch::audio {
namespace {

constexpr std::string_view kAlsa = "alsa:";

}  // namespace

Result<std::unique_ptr<AudioSource>> open_audio_source(const SourceRequest& request) {
  const std::string& name = request.source;
  if (request.channels != 1 && request.channels != 2) return fail(Errc::kInvalid, "sound has 1 or 2 channels");
  if (name == "tone") return open_tone(request.channels, monotonic_now());
  if (name.starts_with(kAlsa)) return open_alsa_capture(name.substr(kAlsa.size()), request.channels);
  return fail(Errc::kInvalid, "audio source \"" + name + "\" is none of tone, alsa:NAME");
}

Result<std::unique_ptr<AudioSink>> open_audio_sink(const std::string& name) {
  if (name.starts_with(kAlsa)) return open_alsa_playback(name.substr(kAlsa.size()));
  return fail(Errc::kInvalid, "audio sink \"" + name + "\" is not alsa:NAME");
}

}  // namespace perch::audio
