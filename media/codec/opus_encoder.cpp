// See opus_encoder.hpp.
#include "media/codec/opus_encoder.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <cmath>

namespace perch::codec {
namespace {

constexpr std::size_t kMaxPacket = 1275;  // RFC 6716 §3.2.1: one frame has at most 1,275 bytes
constexpr int kMaxLoss_percent = 30;      // more FEC than that costs more quality than it saves

}  // namespace

Result<std::unique_ptr<SpeechEncoder>> SpeechEncoder::create(const OpusSettings& settings) {
  int error = OPUS_OK;
  // VOIP: the mode whose packets can carry FEC at our bitrates.
  OpusEncoder* encoder = opus_encoder_create(kOpusRate, settings.channels, OPUS_APPLICATION_VOIP, &error);
  if (error != OPUS_OK) return fail(Errc::kUnsupported, std::string("Opus encoder: ") + opus_strerror(error));
  auto made = std::unique_ptr<SpeechEncoder>(new SpeechEncoder(encoder, settings.channels));
  for (const int code : {opus_encoder_ctl(encoder, OPUS_SET_BITRATE(static_cast<opus_int32>(settings.bitrate.bps()))),
                         opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(settings.complexity)),
                         opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1)),
                         opus_encoder_ctl(encoder, OPUS_SET_DTX(settings.dtx ? 1 : 0))}) {
    if (code != OPUS_OK) return fail(Errc::kInvalid, std::string("Opus settings: ") + opus_strerror(code));
  }
  return made;
}

SpeechEncoder::SpeechEncoder(OpusEncoder* encoder, int channels)
    : encoder_(encoder), channels_(channels), packet_(kMaxPacket) {}

SpeechEncoder::~SpeechEncoder() { opus_encoder_destroy(encoder_); }

Result<ByteView> SpeechEncoder::encode(std::span<const std::int16_t> samples) {
  if (samples.size() != kOpusFrame * static_cast<std::size_t>(channels_))
    return fail(Errc::kInternal, "an Opus frame of ours has 20 ms");
  const int size =
      opus_encode(encoder_, samples.data(), kOpusFrame, packet_.data(), static_cast<opus_int32>(packet_.size()));
  if (size < 0) return fail(Errc::kInternal, std::string("Opus: ") + opus_strerror(size));
  // "If the return value is 2 bytes or less, then the packet does not need to be transmitted (DTX)." (opus.h)
  return ByteView(packet_).first(size <= 2 ? 0 : static_cast<std::size_t>(size));
}

void SpeechEncoder::set_expected_loss(double fraction) {
  const double percent = std::isfinite(fraction) ? std::ceil(fraction * 100) : 0;
  const int wanted = static_cast<int>(std::clamp(percent, 0.0, static_cast<double>(kMaxLoss_percent)));
  if (wanted == loss_percent_) return;
  loss_percent_ = wanted;
  (void)opus_encoder_ctl(encoder_, OPUS_SET_PACKET_LOSS_PERC(wanted));
}

}  // namespace perch::codec
