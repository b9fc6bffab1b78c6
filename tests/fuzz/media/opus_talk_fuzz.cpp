// A stream of talk packets: each is a control byte, steps of sequence number, timestamp and arrival, and an Opus
// payload. Whatever comes, sound is given out for as long as it is asked for, and what is kept is bounded.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "media/codec/talk_player.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  auto player = codec::TalkPlayer::create(1, 100);
  if (!player) std::abort();
  ByteReader in({data, size});
  codec::TalkPacket packet;
  packet.arrived_at = TimePoint(seconds(1000));
  std::array<std::int16_t, 480> chunk{};
  while (in.remaining() >= 4) {
    const std::uint8_t control = in.u8();
    // Mostly what an honest speaker would send, so that the codec is reached; high bits make it wild.
    packet.sequence_number = packet.sequence_number + ((control & 0x80) != 0 ? in.u16() : 1);
    packet.timestamp.value += (control & 0x40) != 0 ? in.u32() : 960;
    packet.arrived_at += milliseconds((control & 0x20) != 0 ? in.u8() : 20);
    packet.ssrc += (control & 0x10) != 0;
    const ByteView payload = in.view(std::min<std::size_t>(in.u8(), in.remaining()));
    packet.payload.assign(payload.begin(), payload.end());
    player->push(packet);
    for (int pulls = control & 0x07; pulls > 0; --pulls) player->pull(packet.arrived_at, chunk);
  }
  // Nothing is held for ever: 64 packets of 120 ms at most, then silence.
  for (int pulls = 0; pulls < 64 * 12 + 100 && !player->idle(); ++pulls)
    player->pull(packet.arrived_at + seconds(10) + pulls * milliseconds(10), chunk);
  if (!player->idle()) std::abort();
  return 0;
}
