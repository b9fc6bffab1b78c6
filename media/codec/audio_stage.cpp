// See audio_stage.hpp.
#include "media/codec/audio_stage.hpp"

namespace perch::codec {

Result<void> AudioStage::start(int channels) {
  settings_.channels = channels;
  auto encoder = SpeechEncoder::create(settings_);
  if (!encoder) return fail(encoder.error());
  encoder_ = std::move(*encoder);
  encoder_->set_expected_loss(expected_loss_);
  framer_.restart(channels);
  return {};
}

Result<void> AudioStage::push(const audio::AudioBlock& block, std::vector<rtp::FramePacketsPtr>& out) {
  framer_.push(block);
  while (const auto frame = framer_.next()) {
    samples_.assign(frame->samples.begin(), frame->samples.end());
    ducker_.apply(frame->captured_at, settings_.channels, samples_);
    const auto packet = encoder_->encode(samples_);
    if (!packet) return fail(packet.error());
    ++counters_.frames;
    if (packet->empty()) {
      ++counters_.silent;
    } else {
      out.push_back(pack(*frame, *packet));
    }
  }
  return {};
}

rtp::FramePacketsPtr AudioStage::pack(const AudioFramer::Frame& frame, ByteView packet) {
  auto packets = std::make_shared<rtp::FramePackets>();
  packets->first_index = next_index_++;
  packets->timestamp = frame.timestamp;
  packets->captured_at = frame.captured_at;
  packets->keyframe = true;
  packets->bytes.assign(packet.begin(), packet.end());
  packets->fragments = {{0, static_cast<std::uint16_t>(packet.size())}};
  return packets;
}

void AudioStage::set_expected_loss(double fraction) {
  expected_loss_ = fraction;
  if (encoder_) encoder_->set_expected_loss(fraction);
}

}  // namespace perch::codec
