#include "net/dtls_transport.hpp"

#include "tests/net/dtls_pair.hpp"

namespace perch::net {
namespace {

TEST(DtlsTransport, BothSidesGetTheSameKeysCrossed) {
  DtlsPair pair;
  pair.client.start(pair.now);
  pair.run();
  ASSERT_TRUE(pair.connected());
  const SrtpKeys& client = *DtlsPair::keys(pair.client_events);
  const SrtpKeys& server = *DtlsPair::keys(pair.server_events);
  EXPECT_EQ(client.local, server.remote);
  EXPECT_EQ(client.remote, server.local);
  EXPECT_NE(client.local, client.remote);
}

TEST(DtlsTransport, SendsNothingBeforeThePathStands) {
  DtlsPair pair;
  EXPECT_EQ(pair.client.next_datagram(), std::nullopt);
  EXPECT_EQ(pair.client.deadline(), kNever);
}

TEST(DtlsTransport, IsIdleOnceConnected) {
  DtlsPair pair;
  pair.client.start(pair.now);
  pair.run();
  EXPECT_EQ(pair.client.deadline(), kNever);
  EXPECT_EQ(pair.server.deadline(), kNever);
}

TEST(DtlsTransport, ClientRefusesAServerWithAnotherFingerprint) {
  DtlsPair pair({test_certificate(3).fingerprint()});
  pair.client.start(pair.now);
  pair.run();
  ASSERT_EQ(pair.client_events.size(), 1u);
  const auto* failed = std::get_if<DtlsTransport::Failed>(&pair.client_events.front());
  ASSERT_NE(failed, nullptr);
  EXPECT_NE(failed->reason.find("fingerprint"), std::string::npos) << failed->reason;
  EXPECT_EQ(DtlsPair::keys(pair.server_events), nullptr);
}

TEST(DtlsTransport, ServerRefusesAClientWithAnotherFingerprint) {
  DtlsPair pair({test_certificate(2).fingerprint()}, {test_certificate(3).fingerprint()});
  pair.client.start(pair.now);
  pair.run();
  ASSERT_EQ(pair.server_events.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<DtlsTransport::Failed>(pair.server_events.front()));
  EXPECT_EQ(DtlsPair::keys(pair.client_events), nullptr);
}

TEST(DtlsTransport, AnyOfSeveralFingerprintsWillDo) {
  DtlsPair pair({test_certificate(3).fingerprint(), test_certificate(2).fingerprint()});
  pair.client.start(pair.now);
  pair.run();
  EXPECT_TRUE(pair.connected());
}

TEST(DtlsTransport, RefusesToBeMadeWithoutAFingerprint) {
  SeededRandom random(1);
  const auto made = DtlsTransport::create(DtlsRole::kClient, test_certificate(1), {}, random);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::kInvalid);
}

/// However the loss falls, retransmission by timers brings it back, and soon: one timeout is 100 ms.
class LosingOneDatagram : public testing::TestWithParam<std::size_t> {};

TEST_P(LosingOneDatagram, RecoversWithinAFewTimeouts) {
  DtlsPair pair;
  pair.wire = [](std::size_t index, bool, const Bytes& datagram) {
    return index == GetParam() ? std::vector<Bytes>{} : std::vector<Bytes>{datagram};
  };
  const TimePoint start = pair.now;
  pair.client.start(pair.now);
  pair.run();
  EXPECT_TRUE(pair.connected());
  EXPECT_LE(pair.now - start, milliseconds(400));
}
INSTANTIATE_TEST_SUITE_P(AtEachPosition, LosingOneDatagram, testing::Range<std::size_t>(0, 8));

TEST(DtlsTransport, FirstRetransmissionComesAfter100ms) {
  DtlsPair pair;
  pair.client.start(pair.now);
  EXPECT_EQ(pair.client.deadline(), pair.now + milliseconds(100));
}

TEST(DtlsTransport, GivesUpOnASilentPeerWithinHalfAMinute) {
  DtlsPair pair;
  pair.wire = [](std::size_t, bool, const Bytes&) { return std::vector<Bytes>{}; };
  const TimePoint start = pair.now;
  pair.client.start(pair.now);
  pair.run();
  ASSERT_EQ(pair.client_events.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<DtlsTransport::Failed>(pair.client_events.front()));
  EXPECT_LE(pair.now - start, seconds(30));
  EXPECT_EQ(pair.client.deadline(), kNever);
}

TEST(DtlsTransport, DuplicatesAndReorderingDoNoHarm) {
  DtlsPair pair;
  Bytes held;
  pair.wire = [&held](std::size_t index, bool, const Bytes& datagram) {
    if (index % 3 == 0) {
      held = datagram;
      return std::vector<Bytes>{datagram, datagram};
    }
    return std::vector<Bytes>{datagram, held};
  };
  pair.client.start(pair.now);
  pair.run();
  EXPECT_TRUE(pair.connected());
}

/// Cuts a ClientHello into pieces of at most `size` body bytes, as browsers with large hellos do.
std::vector<Bytes> cut_hello(const Bytes& hello, std::size_t size) {
  ByteReader in(hello);
  const ByteView record = in.view(13);
  const ByteView handshake = in.view(12);
  const ByteView body = in.rest();
  std::vector<Bytes> pieces;
  for (std::size_t at = 0; at < body.size(); at += size) {
    const ByteView part = body.subspan(at, std::min(size, body.size() - at));
    Bytes piece(25 + part.size());
    ByteWriter out(piece);
    out.bytes(record.first(10));
    out.u8(pieces.size());  // low byte of the record's sequence number
    out.u16(12 + part.size());
    out.bytes(handshake.first(6));
    out.u24(at);
    out.u24(part.size());
    out.bytes(part);
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

bool is_client_hello(const Bytes& datagram) { return datagram.size() > 25 && datagram[0] == 22 && datagram[13] == 1; }

TEST(DtlsTransport, ServerTakesAFragmentedClientHello) {
  DtlsPair pair;
  pair.wire = [](std::size_t, bool, const Bytes& datagram) {
    return is_client_hello(datagram) ? cut_hello(datagram, 100) : std::vector<Bytes>{datagram};
  };
  pair.client.start(pair.now);
  pair.run();
  EXPECT_TRUE(pair.connected());
}

TEST(DtlsTransport, ServerTakesAFragmentedClientHelloBackToFront) {
  DtlsPair pair;
  pair.wire = [](std::size_t, bool, const Bytes& datagram) {
    if (!is_client_hello(datagram)) return std::vector<Bytes>{datagram};
    auto pieces = cut_hello(datagram, 100);
    std::reverse(pieces.begin(), pieces.end());
    return pieces;
  };
  pair.client.start(pair.now);
  pair.run();
  EXPECT_TRUE(pair.connected());
}

TEST(DtlsTransport, ServerRecoversFromALostFragmentOfTheHello) {
  DtlsPair pair;
  pair.wire = [](std::size_t index, bool, const Bytes& datagram) {
    if (!is_client_hello(datagram)) return std::vector<Bytes>{datagram};
    auto pieces = cut_hello(datagram, 100);
    if (index == 0) pieces.erase(pieces.begin());
    return pieces;
  };
  pair.client.start(pair.now);
  pair.run();
  EXPECT_TRUE(pair.connected());
}

TEST(DtlsTransport, CloseTellsThePeer) {
  DtlsPair pair;
  pair.client.start(pair.now);
  pair.run();
  pair.client.close(pair.now);
  pair.run();
  ASSERT_EQ(pair.server_events.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<DtlsTransport::Closed>(pair.server_events.back()));
}

TEST(DtlsTransport, ParkedClientHearsThePeerClose) {
  DtlsPair pair;
  pair.client.start(pair.now);
  pair.run();
  pair.server.close(pair.now);
  pair.run();
  ASSERT_EQ(pair.client_events.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<DtlsTransport::Closed>(pair.client_events.back()));
}

TEST(DtlsTransport, GarbageAfterConnectingIsDroppedAndCloseStillHeard) {
  DtlsPair pair;
  pair.client.start(pair.now);
  pair.run();
  SeededRandom random(5);
  for (std::size_t size = 0; size < 300; ++size) {
    Bytes garbage(size);
    random.fill(garbage);
    if (size > 0) garbage[0] = static_cast<std::uint8_t>(20 + garbage[0] % 44);
    pair.client.on_datagram(pair.now, garbage);
  }
  EXPECT_EQ(pair.client.next_event(), std::nullopt);
  pair.server.close(pair.now);
  pair.run();
  EXPECT_EQ(pair.client_events.size(), 2u);
}

/// A plaintext record that is out of place, then the beginning of another: found by the fuzzer.
Bytes stale_record_and_a_piece() {
  Bytes out{22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 3, 1, 2, 3};
  out.insert(out.end(), {23, 0xFE, 0xFD, 0, 1, 0});
  return out;
}

TEST(DtlsTransport, APieceOfARecordDoesNotEndAConnection) {
  DtlsPair pair;
  pair.client.start(pair.now);
  pair.run();
  Bytes encrypted = stale_record_and_a_piece();
  encrypted[4] = 1;  // of the connection's epoch
  for (const Bytes& datagram : {stale_record_and_a_piece(), encrypted}) {
    pair.client.on_datagram(pair.now, datagram);
    pair.server.on_datagram(pair.now, datagram);
  }
  EXPECT_EQ(pair.client.next_event(), std::nullopt);
  EXPECT_EQ(pair.server.next_event(), std::nullopt);
}

TEST(DtlsTransport, APieceOfARecordDoesNotEndAHandshake) {
  DtlsPair pair;
  pair.wire = [](std::size_t, bool, const Bytes& datagram) {
    Bytes strange = stale_record_and_a_piece();
    strange[4] = 5;  // an epoch that is not there yet
    return std::vector<Bytes>{strange, datagram};
  };
  pair.client.start(pair.now);
  pair.run();
  EXPECT_TRUE(pair.connected());
}

TEST(DtlsTransport, TruncatedDatagramsNeverHarm) {
  std::vector<Bytes> flights;
  {
    DtlsPair pair;
    pair.wire = [&flights](std::size_t, bool, const Bytes& datagram) {
      flights.push_back(datagram);
      return std::vector<Bytes>{datagram};
    };
    pair.client.start(pair.now);
    pair.run();
  }
  DtlsPair pair;
  for (const Bytes& flight : flights) {
    for (std::size_t size = 0; size < flight.size(); size += 7) {
      pair.server.on_datagram(pair.now, ByteView(flight).first(size));
    }
  }
  EXPECT_EQ(DtlsPair::keys(pair.server_events), nullptr);
  while (const auto event = pair.server.next_event()) {
    EXPECT_FALSE(std::holds_alternative<DtlsTransport::Connected>(*event));
  }
}

}  // namespace
}  // namespace perch::net
