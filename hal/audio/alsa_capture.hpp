// A microphone through ALSA, at 48 kHz whatever the card has, with stamps that tell the card's clock from ours.
#pragma once

#include "hal/audio/audio_source.hpp"

namespace perch::audio {

/// `name` is ALSA's. Delivers `channels` (1 or 2), or one when the card has no more. Errors as open_audio_source().
[[nodiscard]] Result<std::unique_ptr<AudioSource>> open_alsa_capture(const std::string& name, int channels);

}  // namespace perch::audio
