// Viewers that misbehave: garbage, floods of requests. The session goes on, and so do the others.
#include <gtest/gtest.h>

#include "net/rtcp/compound.hpp"
#include "tests/sim/peer_pair.hpp"
#include "tests/sim/test_certificates.hpp"

namespace perch::sim {
namespace {

constexpr rtp::Ssrc kMedia = 0x1000;

template <class Packet>
void send(PeerPair& pair, const Packet& packet) {
  std::array<std::uint8_t, 1200> buffer{};
  ByteWriter out(buffer);
  write(out, packet);
  pair.viewer().viewer_side->send_rtcp(out.written());
}

TEST(HostileViewer, GarbageOfEveryKindIsCountedAndTheSessionGoesOn) {
  PeerPair pair(200, {});
  pair.run(seconds(1));
  SeededRandom random(201);
  net::Peer& camera = *pair.viewer().camera_side;
  for (int i = 0; i < 5000; ++i) {
    Bytes garbage(random.u16() % 1500);
    random.fill(garbage);
    camera.on_datagram(pair.now(), garbage);
  }
  pair.run(seconds(1));
  const net::PeerStats stats = camera.stats();
  EXPECT_TRUE(camera.connected());
  EXPECT_GT(stats.unknown_datagrams, 1000u);
  EXPECT_GT(stats.not_authentic, 50u);
  EXPECT_EQ(pair.viewer().viewer_side->stats().undecodable, 0u);
  EXPECT_GT(pair.viewer().frames.size(), 50u);
}

TEST(HostileViewer, GarbageBeforeTheHandshakeDoesNotKeepTheViewerOut) {
  PeerPair pair(202, {});
  SeededRandom random(203);
  net::Peer& camera = *pair.viewer().camera_side;
  for (int i = 0; i < 5000; ++i) {
    Bytes garbage(random.u16() % 1500);
    random.fill(garbage);
    camera.on_datagram(pair.now(), garbage);
  }
  EXPECT_TRUE(pair.run_until([&] { return camera.connected(); }, seconds(5)));
  EXPECT_GT(camera.stats().dropped_early, 50u);
}

TEST(HostileViewer, ManyPicturesLostMakeOneRequest) {
  PeerPair pair(204, {});
  pair.run(seconds(2));
  const std::size_t encoded = pair.keyframes_encoded();
  for (int i = 0; i < 50; ++i) send(pair, net::rtcp::PictureLossIndication{1, kMedia});
  pair.run(milliseconds(100));
  EXPECT_EQ(pair.viewer().camera_side->stats().picture_losses, 50u);
  EXPECT_EQ(pair.keyframes_encoded(), encoded + 1);
}

TEST(HostileViewer, ARepeatedFullIntraRequestCountsOnce) {
  PeerPair pair(205, {});
  pair.run(seconds(2));
  for (int i = 0; i < 3; ++i) {
    send(pair, net::rtcp::FullIntraRequest{1, {{kMedia, 7}}});
    pair.run(seconds(1));
  }
  EXPECT_EQ(pair.viewer().keyframes_wanted, 1u);
  send(pair, net::rtcp::FullIntraRequest{1, {{kMedia, 8}}});
  pair.run(seconds(1));
  EXPECT_EQ(pair.viewer().keyframes_wanted, 2u);
}

TEST(HostileViewer, RequestsForAnotherStreamAreIgnored) {
  PeerPair pair(206, {});
  pair.run(seconds(1));
  send(pair, net::rtcp::PictureLossIndication{1, 0xDEAD});
  send(pair, net::rtcp::Nack{1, 0xDEAD, {{{0}, 0xFFFF}}});
  pair.run(seconds(1));
  EXPECT_EQ(pair.viewer().keyframes_wanted, 0u);
  EXPECT_EQ(pair.viewer().camera_side->stats().packets_nacked, 0u);
}

TEST(HostileViewer, AsksForEverythingAgainAndAgainGetsAtMostTheStreamTwice) {
  PeerPair pair(207, {});
  pair.run(seconds(2));
  const net::PeerStats before = pair.viewer().camera_side->stats();
  for (int round = 0; round < 200; ++round) {
    net::rtcp::Nack everything{1, kMedia, {}};
    for (int i = 0; i < 250; ++i)
      everything.items.push_back({{static_cast<std::uint16_t>(round * 331 + i * 17)}, 0xFFFF});
    send(pair, everything);
    pair.run(milliseconds(10));
  }
  const net::PeerStats after = pair.viewer().camera_side->stats();
  EXPECT_GT(after.nacks_refused, 0u);
  EXPECT_LE(after.retransmitted - before.retransmitted, after.packets_sent - before.packets_sent + 256);
  EXPECT_TRUE(pair.viewer().camera_side->connected());
}

TEST(HostileViewer, NumbersNeverSentAreNoReasonForAKeyframe) {
  PeerPair pair(208, {});
  ASSERT_TRUE(pair.run_until([&] { return pair.viewer().frames.size() == 3; }, seconds(2)));
  const net::PeerStats before = pair.viewer().camera_side->stats();
  // 3 frames are some 24 packets from a number below 0x8000: the upper half cannot have been used.
  send(pair, net::rtcp::Nack{1, kMedia, {{{0xC000}, 0xFFFF}, {{0xE000}, 0xFFFF}}});
  pair.run(milliseconds(100));
  EXPECT_EQ(pair.viewer().camera_side->stats().retransmitted, before.retransmitted);
  EXPECT_EQ(pair.viewer().keyframes_wanted, 0u);
}

TEST(HostileViewer, LiesAboutTheRoundTripAreNotBelieved) {
  PeerPair pair(209, {});
  pair.run(seconds(3));
  const auto honest = pair.viewer().camera_side->stats().round_trip;
  ASSERT_TRUE(honest);
  net::rtcp::ReceiverReport lie{1, {{}}};
  lie.blocks[0].ssrc = kMedia;
  lie.blocks[0].last_sr = 1;
  send(pair, lie);
  pair.run(milliseconds(50));
  const auto believed = pair.viewer().camera_side->stats().round_trip;
  ASSERT_TRUE(believed);
  EXPECT_LE(*believed, *honest + milliseconds(1));
}

TEST(HostileViewer, ManySourcesDoNotGrowTheSession) {
  PeerPair pair(210, {});
  pair.run(seconds(1));
  for (std::uint32_t i = 0; i < 100; ++i) send(pair, net::rtcp::ReceiverReport{1000 + i, {}});
  pair.run(milliseconds(100));
  const net::PeerStats stats = pair.viewer().camera_side->stats();
  EXPECT_GE(stats.not_authentic, 80u);
  EXPECT_TRUE(pair.viewer().camera_side->connected());
}

TEST(HostileViewer, WrongFingerprintNeverGetsAPicture) {
  PeerPair pair(211, {});
  rtp::PacketHistory history;
  SeededRandom random(212);
  net::PeerConfig config;
  config.remote_fingerprints = {net::Fingerprint{}};
  config.video = net::StreamSendConfig{{}, &history};
  pair.viewer().camera_side =
      net::Peer::create(std::move(config), test_certificate(1), random, NtpClock(pair.now(), seconds(1))).value();
  pair.viewer().camera_side->start(pair.now());
  pair.run(seconds(1));
  ASSERT_EQ(pair.viewer().camera_events.size(), 1u);
  const auto* failed = std::get_if<net::Peer::Failed>(&pair.viewer().camera_events.front());
  ASSERT_NE(failed, nullptr);
  EXPECT_NE(failed->reason.find("fingerprint"), std::string::npos);
  EXPECT_TRUE(pair.viewer().frames.empty());
  EXPECT_EQ(pair.viewer().camera_side->stats().packets_sent, 0u);
}

}  // namespace
}  // namespace perch::sim
