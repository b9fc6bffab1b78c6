// Two DTLS transports joined by a wire that a test can cut, all in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>

#include "net/dtls_transport.hpp"

namespace perch::net {

/// Made once: generating keys is the slow part of these tests.
inline const DtlsCertificate& certificate_of(std::uint64_t seed) {
  static std::map<std::uint64_t, DtlsCertificate> made;
  const auto found = made.find(seed);
  if (found != made.end()) return found->second;
  SeededRandom random(seed);
  return made.emplace(seed, DtlsCertificate::generate(random, seconds(1'700'000'000)).value()).first->second;
}

class DtlsPair {
 public:
  using Events = std::vector<DtlsTransport::Event>;
  /// What becomes of the `index`th datagram of the run (both directions counted together): what is delivered.
  using Wire = std::function<std::vector<Bytes>(std::size_t index, bool from_client, Bytes)>;

  explicit DtlsPair(std::vector<Fingerprint> expected_server = {certificate_of(2).fingerprint()},
                    std::vector<Fingerprint> expected_client = {certificate_of(1).fingerprint()})
      : client(DtlsTransport::create(DtlsRole::kClient, certificate_of(1), std::move(expected_server), client_random)
                   .value()),
        server(DtlsTransport::create(DtlsRole::kServer, certificate_of(2), std::move(expected_client), server_random)
                   .value()) {}

  /// Delivers and lets timers run until nothing more happens or `limit` has passed.
  void run(Duration limit = seconds(60)) {
    const TimePoint end = now + limit;
    for (;;) {
      while (move(client, server, true) || move(server, client, false)) {}
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
  Wire wire = [](std::size_t, bool, Bytes datagram) { return std::vector<Bytes>{std::move(datagram)}; };
  std::size_t sent = 0;

 private:
  bool move(DtlsTransport& from, DtlsTransport& to, bool from_client) {
    bool any = false;
    while (std::optional<Bytes> datagram = from.next_datagram()) {
      any = true;
      EXPECT_LE(datagram->size(), 1200u);
      for (const Bytes& delivered : wire(sent++, from_client, std::move(*datagram))) to.on_datagram(now, delivered);
    }
    return any;
  }
  static void collect(DtlsTransport& from, Events& into) {
    while (std::optional<DtlsTransport::Event> event = from.next_event()) into.push_back(std::move(*event));
  }
};

}  // namespace perch::net
