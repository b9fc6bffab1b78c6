// See alsa_device.hpp.
#include "hal/audio/alsa_device.hpp"

#include <alsa/asoundlib.h>

#include "hal/audio/alsa_cards.hpp"
#include "hal/base/log.hpp"

namespace perch::audio {
namespace {

// The library explains its errors on stderr, in several lines each; ours say the same in one.
void ignore_message(const char*, int, const char*, int, const char*, ...) {}

tl::unexpected<Error> explain(const std::string& name, PcmDirection direction, int code) {
  const bool capture = direction == PcmDirection::kCapture;
  const std::string device = "alsa:" + name;
  if (code == -EBUSY) return fail(Errc::kBusy, device + " is in use, " + describe_pcm_users(direction), 0);
  // Without access to the nodes the library does not even find the cards' names.
  if (code == -EACCES || code == -EPERM || sound_nodes_are_closed_to_us())
    return fail(Errc::kPermission, device + ": may not open the sound card; the user must be in group audio", 0);
  const std::string what = capture ? "microphone" : "loudspeaker";
  return fail(Errc::kNotFound, device + ": no such " + what + "; there is " + list_pcms(direction), 0);
}

}  // namespace

void PcmCloser::operator()(_snd_pcm* pcm) const { snd_pcm_close(pcm); }

Result<Pcm> open_pcm(const std::string& name, PcmDirection direction) {
  snd_lib_error_set_handler(ignore_message);
  snd_pcm_t* raw = nullptr;
  const auto stream = direction == PcmDirection::kCapture ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK;
  // Non-blocking also means that a busy device is reported at once.
  const int code = snd_pcm_open(&raw, name.c_str(), stream, SND_PCM_NONBLOCK);
  // The configuration is cached for ever otherwise, and would hide a card that was plugged in since.
  snd_config_update_free_global();
  if (code < 0) return explain(name, direction, code);
  return Pcm(raw);
}

std::string describe_pcm(_snd_pcm* pcm, const std::string& name) {
  snd_pcm_info_t* info = nullptr;
  snd_pcm_info_alloca(&info);
  if (snd_pcm_info(pcm, info) < 0) return "alsa:" + name;
  const std::string card = card_name(snd_pcm_info_get_card(info));
  return "alsa:" + name + " (" + (card.empty() ? snd_pcm_info_get_name(info) : card) + ")";
}

tl::unexpected<Error> fail_alsa(const std::string& what, int code) {
  const bool gone = code == -ENODEV || code == -EBADFD;
  return fail(gone ? Errc::kNotFound : Errc::kIo, gone ? what + ": the sound card is gone" : what, gone ? 0 : -code);
}

}  // namespace perch::audio
