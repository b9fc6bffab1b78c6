// Which sound cards there are and who uses them, for the words of errors.
#pragma once

#include <string>

#include "hal/audio/alsa_device.hpp"

namespace perch::audio {

/// "hw:0,0 (Loopback), hw:2,0 (HD Webcam C525)", or "none".
[[nodiscard]] std::string list_pcms(PcmDirection direction);
/// Empty when there is no such card.
[[nodiscard]] std::string card_name(int card);
/// "held by arecord (pid 4711)" of everybody who has a PCM of this direction open, as far as /proc tells; otherwise
/// "held by another program".
[[nodiscard]] std::string describe_pcm_users(PcmDirection direction, const std::string& proc = "/proc");
/// There are nodes in /dev/snd, and we may open none of their controls.
[[nodiscard]] bool sound_nodes_are_closed_to_us(const std::string& folder = "/dev/snd");

}  // namespace perch::audio
