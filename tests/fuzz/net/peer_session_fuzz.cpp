// What an invited viewer may send once connected: any bytes as authentic RTCP and RTP, and the same bytes raw.
#include <cstdlib>

#include "tests/sim/peer_pair.hpp"

namespace {

using namespace perch;

/// One session for the whole run, because a handshake per input would be most of the work. Each input is followed by a
/// tenth of a second of ordinary traffic.
sim::PeerPair& session() {
  static sim::PeerPair pair = [] {
    sim::PairConfig config;
    config.sound = true;
    sim::PeerPair made(1, config);
    if (!made.run_until([&] { return made.viewer().frames.size() > 3; }, seconds(5))) std::abort();
    return made;
  }();
  return pair;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sim::PeerPair& pair = session();
  auto& viewer = pair.viewer();
  const Bytes input(data, data + std::min<std::size_t>(size, 1200));
  viewer.camera_side->on_datagram(pair.now(), input);
  if (input.size() >= 8) viewer.viewer_side->send_rtcp(input);
  if (input.size() >= 12) viewer.viewer_side->send_rtp(input);
  const auto before = viewer.camera_side->stats();
  pair.run(milliseconds(100));
  const auto after = viewer.camera_side->stats();
  if (!viewer.camera_side->connected()) std::abort();
  // However much is asked for, repetitions stay within the budget.
  if (after.retransmitted - before.retransmitted > after.packets_sent - before.packets_sent + 256) std::abort();
  viewer.frames.clear();
  viewer.camera_events.clear();
  return 0;
}
