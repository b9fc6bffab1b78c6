// A stranger's datagrams to a peer that has not connected yet, in both DTLS roles, with time passing in between.
#include <cstdlib>

#include "net/peer.hpp"
#include "tests/sim/test_certificates.hpp"

namespace {

using namespace perch;
using namespace perch::net;

void drain(Peer& peer) {
  while (peer.next_datagram()) {
  }
  while (const auto event = peer.next_event()) {
    if (std::holds_alternative<Peer::Connected>(*event)) std::abort();  // nobody has our private key
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in({data, size});
  SeededRandom random(1);
  rtp::PacketHistory history;
  PeerConfig config;
  config.dtls_role = in.u8() % 2 == 0 ? DtlsRole::kClient : DtlsRole::kServer;
  config.remote_fingerprints = {sim::test_certificate(2).fingerprint()};
  config.video = StreamSendConfig{{}, &history};
  TimePoint now{seconds(100)};
  const auto peer =
      Peer::create(std::move(config), sim::test_certificate(1), random, NtpClock(now, seconds(1))).value();
  peer->start(now);
  drain(*peer);
  while (in.remaining() > 0) {
    const std::size_t length = in.u16();
    peer->on_datagram(now, in.view(std::min(length, in.remaining())));
    drain(*peer);
    now += milliseconds(50);
    if (peer->deadline() <= now) peer->on_deadline(now);
    drain(*peer);
  }
  return 0;
}
