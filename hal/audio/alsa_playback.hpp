// A loudspeaker through ALSA, fed at 48 kHz whatever the card has.
#pragma once

#include "hal/audio/audio_sink.hpp"

namespace perch::audio {

/// `name` is ALSA's. One channel where the card has it, else two. Errors as open_audio_sink().
[[nodiscard]] Result<std::unique_ptr<AudioSink>> open_alsa_playback(const std::string& name);

}  // namespace perch::audio
