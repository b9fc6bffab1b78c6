// See loopback_card.hpp.
#include "tests/device/loopback_card.hpp"

#include <alsa/asoundlib.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <numbers>

#include "hal/base/unique_fd.hpp"

namespace perch::audio {
namespace {

constexpr int kNominalShift = 100'000;  // of "PCM Rate Shift 100000"
constexpr const char* kDriver = "/sys/bus/platform/drivers/snd_aloop/";

bool write_to(const std::string& path, const std::string& text) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool stamps_are_monotonic(snd_pcm_t* pcm) {
  snd_pcm_sw_params_t* sw = nullptr;
  snd_pcm_sw_params_alloca(&sw);
  return snd_pcm_sw_params_current(pcm, sw) >= 0 &&
         snd_pcm_sw_params_set_tstamp_mode(pcm, sw, SND_PCM_TSTAMP_ENABLE) >= 0 &&
         snd_pcm_sw_params_set_tstamp_type(pcm, sw, SND_PCM_TSTAMP_TYPE_MONOTONIC) >= 0 &&
         snd_pcm_sw_params(pcm, sw) >= 0;
}

TimePoint trigger_time(snd_pcm_t* pcm) {
  snd_pcm_status_t* status = nullptr;
  snd_pcm_status_alloca(&status);
  snd_htimestamp_t stamp{};
  if (snd_pcm_status(pcm, status) < 0) return {};
  snd_pcm_status_get_trigger_htstamp(status, &stamp);
  return TimePoint(seconds(stamp.tv_sec) + nanoseconds(stamp.tv_nsec));
}

}  // namespace

Result<std::unique_ptr<LoopbackPlayer>> LoopbackPlayer::start(const std::string& device, const LoopbackFormat& format,
                                                              Sound sound) {
  snd_pcm_t* pcm = nullptr;
  int code = snd_pcm_open(&pcm, device.c_str(), SND_PCM_STREAM_PLAYBACK, 0);
  if (code < 0) return fail(Errc::kIo, "opening " + device, -code);
  const auto alsa_format = format.wide ? SND_PCM_FORMAT_S32_LE : SND_PCM_FORMAT_S16_LE;
  code = snd_pcm_set_params(pcm, alsa_format, SND_PCM_ACCESS_RW_INTERLEAVED, static_cast<unsigned>(format.channels),
                            static_cast<unsigned>(format.rate), 0, 200'000);
  if (code < 0 || !stamps_are_monotonic(pcm)) {
    snd_pcm_close(pcm);
    return fail(Errc::kIo, "setting up " + device, -code);
  }
  return std::unique_ptr<LoopbackPlayer>(new LoopbackPlayer(pcm, format, std::move(sound)));
}

LoopbackPlayer::LoopbackPlayer(_snd_pcm* pcm, const LoopbackFormat& format, Sound sound)
    : pcm_(pcm), format_(format), sound_(std::move(sound)), thread_([this] { run(); }) {}

LoopbackPlayer::~LoopbackPlayer() {
  stopped_ = true;
  thread_.join();
  snd_pcm_close(pcm_);
}

void LoopbackPlayer::run() {
  while (!stopped_) {
    const auto block = next_block();
    const snd_pcm_sframes_t written =
        snd_pcm_writei(pcm_, block.data(), static_cast<snd_pcm_uframes_t>(format_.rate / 50));
    // A guest that was held up may run dry. Any other error ends the playing: the test then hears nothing and says so.
    if (written < 0 && snd_pcm_recover(pcm_, static_cast<int>(written), 1) < 0) return;
    if (started_at_.load() == TimePoint{} && snd_pcm_state(pcm_) == SND_PCM_STATE_RUNNING)
      started_at_ = trigger_time(pcm_);
  }
}

std::vector<unsigned char> LoopbackPlayer::next_block() {
  const std::size_t width = format_.wide ? 4 : 2;
  const auto channels = static_cast<std::size_t>(format_.channels);
  std::vector<unsigned char> block(static_cast<std::size_t>(format_.rate / 50) * channels * width);
  for (std::size_t at = 0; at < block.size(); ++position_) {
    const auto sample = static_cast<std::int32_t>(sound_(position_) * 2147483647.0);
    const auto narrow = static_cast<std::int16_t>(sample >> 16);
    for (std::size_t channel = 0; channel < channels; ++channel, at += width) {
      if (format_.wide) {
        std::memcpy(&block[at], &sample, width);
      } else {
        std::memcpy(&block[at], &narrow, width);
      }
    }
  }
  return block;
}

LoopbackPlayer::Sound hum(double hz, int rate) {
  return
      [hz, rate](std::int64_t n) { return 0.5 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(n) / rate); };
}

bool bend_loopback_clock(int pcm_device, int subdevice, int ppm) {
  snd_ctl_t* ctl = nullptr;
  if (snd_ctl_open(&ctl, "hw:Loopback", 0) < 0) return false;
  snd_ctl_elem_value_t* value = nullptr;
  snd_ctl_elem_value_alloca(&value);
  snd_ctl_elem_value_set_interface(value, SND_CTL_ELEM_IFACE_PCM);
  snd_ctl_elem_value_set_name(value, "PCM Rate Shift 100000");
  snd_ctl_elem_value_set_device(value, static_cast<unsigned>(pcm_device));
  snd_ctl_elem_value_set_subdevice(value, static_cast<unsigned>(subdevice));
  // A period takes that many hundred-thousandths of its time.
  snd_ctl_elem_value_set_integer(value, 0, kNominalShift - ppm / 10);
  const int code = snd_ctl_elem_write(ctl, value);
  snd_ctl_close(ctl);
  return code >= 0;
}

bool unplug_loopback() { return write_to(std::string(kDriver) + "unbind", "snd_aloop.0"); }
bool plug_in_loopback() { return write_to(std::string(kDriver) + "bind", "snd_aloop.0"); }

}  // namespace perch::audio
