// See talk_player.hpp.
#include "media/codec/talk_player.hpp"

#include <algorithm>

#include "hal/audio/sample_format.hpp"

namespace perch::codec {
namespace {

constexpr int kRate = 48'000;
constexpr double kMaxBend = 0.01;     // a sixth of a semitone: not heard in speech
constexpr double kCorrection_s = 2;   // time in which an excess is worked off
constexpr double kSmoothing = 0.1;    // per packet
constexpr double kMaxExcess_s = 0.1;  // what is beyond is left out by the buffer

Duration duration_of(std::size_t frames) {
  return nanoseconds(static_cast<std::int64_t>(frames) * 1'000'000'000 / kRate);
}

JitterBuffer::Counters sum(JitterBuffer::Counters a, const JitterBuffer::Counters& b) {
  a.packets += b.packets;
  a.late += b.late;
  a.malformed += b.malformed;
  a.skipped += b.skipped;
  a.concealed += b.concealed;
  a.recovered += b.recovered;
  return a;
}

}  // namespace

Result<TalkPlayer> TalkPlayer::create(int channels, int volume) {
  auto decoder = SpeechDecoder::create(channels);
  if (!decoder) return fail(decoder.error());
  return TalkPlayer(std::move(*decoder), channels, volume);
}

TalkPlayer::TalkPlayer(std::unique_ptr<SpeechDecoder> decoder, int channels, int volume)
    : decoder_(std::move(decoder)),
      channels_(static_cast<std::size_t>(channels)),
      gain_(static_cast<float>(std::clamp(volume, 0, 100) * std::clamp(volume, 0, 100)) / 10'000.0F),
      resampler_(kRate, kRate, channels) {}

void TalkPlayer::push(TalkPacket packet) {
  if (ssrc_ != packet.ssrc) {
    earlier_ = counters();
    buffer_ = JitterBuffer();
    decoder_->reset();
    ssrc_ = packet.ssrc;
  }
  buffer_.push(std::move(packet));
}

JitterBuffer::Counters TalkPlayer::counters() const { return sum(earlier_, buffer_.counters()); }

void TalkPlayer::pull(TimePoint at, std::span<std::int16_t> out) {
  while (ready_.size() < out.size() && decode_more(at + duration_of(ready_.size() / channels_))) {
  }
  const std::size_t given = std::min(ready_.size(), out.size());
  for (std::size_t i = 0; i < given; ++i) out[i] = audio::to_s16(gain_ * ready_[i]);
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(given), out.end(), std::int16_t{0});
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(given));
}

/// False when there is nothing to decode.
bool TalkPlayer::decode_more(TimePoint at) {
  const JitterBuffer::Next next = buffer_.next(at);
  if (next.action == JitterBuffer::Action::kNothing) return false;
  if (next.action == JitterBuffer::Action::kPlay) adapt_speed();
  const auto samples = decode(next);
  if (!samples) return false;
  decoded_.resize(samples->size());
  std::transform(samples->begin(), samples->end(), decoded_.begin(), audio::from_s16);
  resampler_.process(decoded_, ready_);
  return true;
}

Result<std::span<const std::int16_t>> TalkPlayer::decode(const JitterBuffer::Next& next) {
  if (next.action == JitterBuffer::Action::kConceal) return decoder_->conceal(next.frames);
  auto samples = next.action == JitterBuffer::Action::kRecover ? decoder_->recover(next.payload, next.frames)
                                                               : decoder_->decode(next.payload);
  // Well formed outside, broken inside.
  if (!samples) return decoder_->conceal(next.frames);
  return samples;
}

void TalkPlayer::adapt_speed() {
  const double excess_s = std::chrono::duration<double>(buffer_.delay() - buffer_.target()).count();
  excess_s_ += kSmoothing * (std::clamp(excess_s, -kMaxExcess_s, kMaxExcess_s) - excess_s_);
  speed_ = 1 + std::clamp(excess_s_ / kCorrection_s, -kMaxBend, kMaxBend);
  resampler_.set_speed(speed_);
}

}  // namespace perch::codec
