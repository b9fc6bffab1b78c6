// See opus_decoder.hpp.
#include "media/codec/opus_decoder.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <string>

namespace perch::codec {
namespace {

constexpr int kRate = 48'000;
constexpr std::size_t kMaxFrames = 5760;  // RFC 6716 §2.1.4: a packet lasts at most 120 ms
constexpr std::size_t kUnit = 120;        // 2.5 ms, of which every duration is a multiple

}  // namespace

std::optional<std::size_t> opus_duration(ByteView packet) {
  if (packet.empty()) return std::nullopt;
  const int frames = opus_packet_get_nb_samples(packet.data(), static_cast<opus_int32>(packet.size()), kRate);
  if (frames <= 0) return std::nullopt;
  return static_cast<std::size_t>(frames);
}

Result<std::unique_ptr<SpeechDecoder>> SpeechDecoder::create(int channels) {
  int error = OPUS_OK;
  OpusDecoder* decoder = opus_decoder_create(kRate, channels, &error);
  if (error != OPUS_OK) return fail(Errc::kUnsupported, std::string("Opus decoder: ") + opus_strerror(error));
  return std::unique_ptr<SpeechDecoder>(new SpeechDecoder(decoder, channels));
}

SpeechDecoder::SpeechDecoder(OpusDecoder* decoder, int channels)
    : decoder_(decoder), channels_(channels), samples_(kMaxFrames * static_cast<std::size_t>(channels)) {}

SpeechDecoder::~SpeechDecoder() { opus_decoder_destroy(decoder_); }

Result<std::span<const std::int16_t>> SpeechDecoder::decode(ByteView packet) {
  // An empty packet would mean a lost one to the library.
  if (packet.empty()) return fail(Errc::kInvalid, "an Opus packet without a byte");
  return run(packet, kMaxFrames, false);
}

Result<std::span<const std::int16_t>> SpeechDecoder::recover(ByteView packet, std::size_t frames) {
  if (packet.empty()) return conceal(frames);
  return run(packet, frames, true);
}

Result<std::span<const std::int16_t>> SpeechDecoder::conceal(std::size_t frames) { return run({}, frames, false); }

Result<std::span<const std::int16_t>> SpeechDecoder::run(ByteView packet, std::size_t frames, bool fec) {
  const std::size_t whole = std::clamp(frames / kUnit * kUnit, kUnit, kMaxFrames);
  const int got =
      opus_decode(decoder_, packet.empty() ? nullptr : packet.data(), static_cast<opus_int32>(packet.size()),
                  samples_.data(), static_cast<int>(whole), fec ? 1 : 0);
  if (got < 0) return fail(Errc::kInvalid, std::string("Opus: ") + opus_strerror(got));
  return std::span<const std::int16_t>(samples_).first(static_cast<std::size_t>(got) *
                                                       static_cast<std::size_t>(channels_));
}

void SpeechDecoder::reset() { (void)opus_decoder_ctl(decoder_, OPUS_RESET_STATE); }

}  // namespace perch::codec
