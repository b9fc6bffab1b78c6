// Negotiation with a sound card: hardware and software parameters of a PCM.
#include <alsa/asoundlib.h>

#include <array>
#include <utility>

#include "hal/audio/alsa_device.hpp"

namespace perch::audio {
namespace {

struct Offer {
  snd_pcm_format_t alsa;
  SampleFormat ours;
};
// Best first: what needs no rounding, then what costs least to read.
constexpr std::array<Offer, 6> kFormats{{{SND_PCM_FORMAT_S16_LE, SampleFormat::kS16},
                                         {SND_PCM_FORMAT_S32_LE, SampleFormat::kS32},
                                         {SND_PCM_FORMAT_FLOAT_LE, SampleFormat::kFloat},
                                         {SND_PCM_FORMAT_S24_3LE, SampleFormat::kS24Packed},
                                         {SND_PCM_FORMAT_S24_LE, SampleFormat::kS24},
                                         {SND_PCM_FORMAT_U8, SampleFormat::kU8}}};

constexpr unsigned kRate = 48'000;  // [Hz] Opus's own

Result<SampleFormat> choose_format(snd_pcm_t* pcm, snd_pcm_hw_params_t* hw) {
  for (const Offer& offer : kFormats) {
    if (snd_pcm_hw_params_test_format(pcm, hw, offer.alsa) != 0) continue;
    const int code = snd_pcm_hw_params_set_format(pcm, hw, offer.alsa);
    if (code < 0) return fail_alsa("setting the sample format", code);
    return offer.ours;
  }
  return fail(Errc::kUnsupported,
              "the sound card has none of the formats S16, S24, S32, FLOAT and U8; alsa:plughw:... converts others");
}

Result<int> choose_channels(snd_pcm_t* pcm, snd_pcm_hw_params_t* hw, int wanted) {
  auto channels = static_cast<unsigned>(wanted);
  const int code = snd_pcm_hw_params_set_channels_near(pcm, hw, &channels);
  if (code < 0) return fail_alsa("setting the channels", code);
  return static_cast<int>(channels);
}

Result<int> choose_rate(snd_pcm_t* pcm, snd_pcm_hw_params_t* hw) {
  // Refused by some plug-ins, which then convert themselves.
  (void)snd_pcm_hw_params_set_rate_resample(pcm, hw, 0);
  unsigned rate = kRate;
  const int code = snd_pcm_hw_params_set_rate_near(pcm, hw, &rate, nullptr);
  if (code < 0) return fail_alsa("setting the sample rate", code);
  return static_cast<int>(rate);
}

Result<void> choose_buffer(snd_pcm_t* pcm, snd_pcm_hw_params_t* hw, const PcmRequest& request) {
  auto period_us = static_cast<unsigned>(to_us(request.period));
  auto buffer_us = static_cast<unsigned>(to_us(request.buffer));
  int code = snd_pcm_hw_params_set_period_time_near(pcm, hw, &period_us, nullptr);
  if (code >= 0) code = snd_pcm_hw_params_set_buffer_time_near(pcm, hw, &buffer_us, nullptr);
  if (code >= 0) code = snd_pcm_hw_params(pcm, hw);
  if (code < 0) return fail_alsa("setting the buffer", code);
  return {};
}

Result<PcmSettings> agree(snd_pcm_t* pcm, const PcmRequest& request) {
  snd_pcm_hw_params_t* hw = nullptr;
  snd_pcm_hw_params_alloca(&hw);
  int code = snd_pcm_hw_params_any(pcm, hw);
  if (code >= 0) code = snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED);
  if (code < 0) return fail_alsa("asking the sound card for interleaved samples", code);
  const auto rate = choose_rate(pcm, hw);
  if (!rate) return fail(rate.error());
  const auto format = choose_format(pcm, hw);
  if (!format) return fail(format.error());
  const auto channels = choose_channels(pcm, hw, request.channels);
  if (!channels) return fail(channels.error());
  if (auto buffer = choose_buffer(pcm, hw, request); !buffer) return fail(buffer.error());
  snd_pcm_uframes_t period = 0, buffer = 0;
  (void)snd_pcm_hw_params_get_period_size(hw, &period, nullptr);
  (void)snd_pcm_hw_params_get_buffer_size(hw, &buffer);
  return PcmSettings{*format, *rate, *channels, period, buffer};
}

// Capture is started by hand; playback by hand too, once its buffer holds enough to begin with.
Result<void> set_software(snd_pcm_t* pcm, const PcmSettings& agreed) {
  snd_pcm_sw_params_t* sw = nullptr;
  snd_pcm_sw_params_alloca(&sw);
  snd_pcm_uframes_t never = 0;
  int code = snd_pcm_sw_params_current(pcm, sw);
  if (code >= 0) code = snd_pcm_sw_params_get_boundary(sw, &never);
  if (code >= 0) code = snd_pcm_sw_params_set_start_threshold(pcm, sw, never);
  if (code >= 0) code = snd_pcm_sw_params_set_avail_min(pcm, sw, agreed.period);
  if (code >= 0) code = snd_pcm_sw_params_set_tstamp_mode(pcm, sw, SND_PCM_TSTAMP_ENABLE);
  if (code >= 0) code = snd_pcm_sw_params_set_tstamp_type(pcm, sw, SND_PCM_TSTAMP_TYPE_MONOTONIC);
  if (code >= 0) code = snd_pcm_sw_params(pcm, sw);
  if (code < 0) return fail_alsa("setting the software parameters", code);
  return {};
}

}  // namespace

Result<PcmSettings> configure_pcm(_snd_pcm* pcm, const PcmRequest& request) {
  auto agreed = agree(pcm, request);
  if (!agreed) return agreed;
  if (auto set = set_software(pcm, *agreed); !set) return fail(set.error());
  return agreed;
}

}  // namespace perch::audio
