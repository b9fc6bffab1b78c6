// Two DTLS transports joined by a wire that a test can cut, all in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>

#include "net/dtls_transport.hpp"
#include "tests/sim/test_certificates.hpp"

namespace perch::net {

using sim::test_certificate;

class DtlsPair {
 public:
  using Events = std::vector<DtlsTransport::Event>;
  /// What becomes of the `index`th datagram of the run (both directions counted together): what is delivered.
  using Wire = std::function<std::vector<Bytes>(std::size_t index, bool from_client, const Bytes&)>;

  explicit DtlsPair(std::vector<Fingerprint> expected_server = {test_certificate(2).fingerprint()},
                    std::vector<Fingerprint> expected_client = {test_certificate(1).fingerprint()})
      : client(DtlsTransport::create(DtlsRole::kClient, test_certificate(1), std::move(expected_server), client_random)
                   .value()),
        server(DtlsTransport::create(DtlsRole::kServer, test_certificate(2), std::move(expected_client), server_random)
                   .value()) {}

  /// Delivers and lets timers run until nothing more happens or `limit` has passed.
  void run(Duration limit = seconds(60)) {
    const TimePoint end = now + limit;
    for (;;) {
      while (move(client, server, true) || move(server, client, false)) {
      }
      collect(client, client_events);
      collect(server, server_events);
      const TimePoint next = std::min(client.deadline(), server.deadline());
      if (next == kNever || next > end) return;
      now = next;
      client.on_deadline(now);
      server.on_deadline(now);
    }
  }
  [[nodiscard]] static const SrtpKeys* keys(const Events& events) {
    if (events.empty()) return nullptr;
    const auto* connected = std::get_if<DtlsTransport::Connected>(&events.front());
    return connected == nullptr ? nullptr : &connected->keys;
  }
  [[nodiscard]] bool connected() const { return keys(client_events) != nullptr && keys(server_events) != nullptr; }

  SeededRandom client_random{11};
  SeededRandom server_random{12};
  DtlsTransport client;
  DtlsTransport server;
  TimePoint now{seconds(1000)};
  Events client_events;
  Events server_events;
  Wire wire = [](std::size_t, bool, const Bytes& datagram) { return std::vector<Bytes>{datagram}; };
  std::size_t sent = 0;

 private:
  bool move(DtlsTransport& from, DtlsTransport& to, bool from_client) {
    bool any = false;
    while (std::optional<Bytes> datagram = from.next_datagram()) {
      any = true;
      EXPECT_LE(datagram->size(), 1200u);
      for (const Bytes& delivered : wire(sent++, from_client, *datagram)) to.on_datagram(now, delivered);
    }
    return any;
  }
  static void collect(DtlsTransport& from, Events& into) {
    while (std::optional<DtlsTransport::Event> event = from.next_event()) into.push_back(std::move(*event));
  }
};

}  // namespace perch::net
