// Attacks on the transport, by name: what an authentic packet is worth the second time, or elsewhere, and what a
// speaker who sends noise can do.
#include <gtest/gtest.h>

#include "media/codec/opus_encoder.hpp"
#include "media/codec/talk_player.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "net/rtcp/compound.hpp"
#include "tests/sim/peer_pair.hpp"

namespace perch::sim {
namespace {

constexpr rtp::Ssrc kMedia = 0x1000;
constexpr rtp::Ssrc kTalk = 0x7A1C;
constexpr std::uint8_t kTalkPayloadType = 111;

PairConfig with_talk(std::size_t viewers = 1) {
  PairConfig config;
  config.sound = true;
  config.viewers = viewers;
  return config;
}

void ask_for_a_picture(PeerPair::Viewer& viewer) {
  std::array<std::uint8_t, 1200> buffer{};
  ByteWriter out(buffer);
  write(out, net::rtcp::PictureLossIndication{1, kMedia});
  viewer.viewer_side->send_rtcp(out.written());
}

void talk(PeerPair::Viewer& viewer, std::uint16_t number, ByteView payload, rtp::Ssrc ssrc = kTalk) {
  Bytes buffer(2000);
  const rtp::Timestamp timestamp{static_cast<std::uint32_t>(960 * number)};
  rtp::RtpPacketWriter packet(buffer, {false, kTalkPayloadType, rtp::SequenceNumber{number}, timestamp, ssrc});
  packet.payload(payload);
  viewer.viewer_side->send_rtp(packet.finish());
}

/// What the viewer has to send, taken off the wire before it gets anywhere.
std::vector<Bytes> record(PeerPair::Viewer& viewer) {
  std::vector<Bytes> datagrams;
  while (auto datagram = viewer.viewer_side->next_datagram()) datagrams.push_back(std::move(*datagram));
  return datagrams;
}

void deliver(PeerPair& pair, PeerPair::Viewer& to, const std::vector<Bytes>& datagrams) {
  for (const Bytes& datagram : datagrams) to.camera_side->on_datagram(pair.now(), datagram);
}

std::vector<net::InboundPacket> heard(const PeerPair::Viewer& viewer) {
  std::vector<net::InboundPacket> packets;
  for (const auto& event : viewer.camera_events)
    if (const auto* talk = std::get_if<net::Peer::TalkReceived>(&event)) packets.push_back(talk->packet);
  return packets;
}

TEST(SrtpReplayAttack, RecordedPacketsCountOnceHoweverOftenTheyCome) {
  PeerPair pair(400, with_talk());
  pair.run(seconds(2));
  PeerPair::Viewer& viewer = pair.viewer();
  record(viewer);
  ask_for_a_picture(viewer);
  for (std::uint16_t i = 0; i < 10; ++i) talk(viewer, i, Bytes(60, 0x11));
  const std::vector<Bytes> recorded = record(viewer);
  ASSERT_EQ(recorded.size(), 11u);
  deliver(pair, viewer, recorded);
  pair.run(seconds(1));
  const net::PeerStats once = viewer.camera_side->stats();
  const std::size_t keyframes = viewer.keyframes_wanted;
  EXPECT_EQ(once.picture_losses, 1u);
  EXPECT_EQ(heard(viewer).size(), 10u);

  for (int round = 0; round < 200; ++round) {
    deliver(pair, viewer, recorded);
    if (round % 20 == 0) pair.run(milliseconds(100));
  }
  pair.run(seconds(1));
  const net::PeerStats after = viewer.camera_side->stats();
  EXPECT_EQ(after.picture_losses, 1u);
  EXPECT_EQ(viewer.keyframes_wanted, keyframes);
  EXPECT_EQ(heard(viewer).size(), 10u);
  EXPECT_GE(after.not_authentic - once.not_authentic, 200u * 11);
  EXPECT_TRUE(viewer.camera_side->connected());
  EXPECT_EQ(viewer.viewer_side->stats().undecodable, 0u);
}

TEST(SrtpReplayAttack, PacketsOfOneViewerAreWorthNothingInTheSessionOfAnother) {
  PeerPair pair(401, with_talk(2));
  pair.run(seconds(2));
  PeerPair::Viewer& victim = pair.viewer(1);
  const net::PeerStats before = victim.camera_side->stats();
  record(pair.viewer(0));
  ask_for_a_picture(pair.viewer(0));
  talk(pair.viewer(0), 1, Bytes(60, 0x11));
  deliver(pair, victim, record(pair.viewer(0)));
  pair.run(seconds(1));
  const net::PeerStats after = victim.camera_side->stats();
  EXPECT_EQ(after.picture_losses, before.picture_losses);
  EXPECT_TRUE(heard(victim).empty());
  EXPECT_GT(after.not_authentic, before.not_authentic);
  EXPECT_TRUE(victim.camera_side->connected());
}

/// Hands the loudspeaker what arrived since `from`, in real time; gives the loudest sample that came out.
int loudest(codec::TalkPlayer& player, const std::vector<net::InboundPacket>& packets, std::size_t from) {
  std::array<std::int16_t, 480> chunk{};
  int peak = 0;
  TimePoint at = packets.empty() ? TimePoint{} : packets[from].arrived_at;
  for (std::size_t i = from; i < packets.size(); ++i) {
    const net::InboundPacket& p = packets[i];
    player.push({p.ssrc, p.sequence_number, p.timestamp, p.arrived_at, p.payload});
    for (int half = 0; half < 2; ++half, at += milliseconds(10)) {
      player.pull(at, chunk);
      for (const std::int16_t sample : chunk) peak = std::max(peak, std::abs(int{sample}));
    }
  }
  return peak;
}

TEST(TalkBackAttack, NoiseInsteadOfOpusHindersNeitherPicturesNorTheNextSpeaker) {
  PeerPair pair(402, with_talk());
  pair.run(seconds(1));
  PeerPair::Viewer& viewer = pair.viewer();
  SeededRandom random(403);
  for (std::uint16_t i = 0; i < 250; ++i) {
    Bytes noise(random.u16() % 1400);
    random.fill(noise);
    talk(viewer, i % 3 == 0 ? random.u16() : i, noise);
    pair.run(milliseconds(20));
  }
  const std::size_t noises = heard(viewer).size();
  EXPECT_GT(noises, 50u);
  auto player = codec::TalkPlayer::create(1, 100);
  ASSERT_TRUE(player);
  loudest(*player, heard(viewer), 0);

  // A square wave of 300 Hz at a third of full scale, from another source as a browser's new track is.
  auto encoder = codec::SpeechEncoder::create({});
  ASSERT_TRUE(encoder);
  std::array<std::int16_t, codec::kOpusFrame> wave{};
  for (std::size_t i = 0; i < wave.size(); ++i) wave[i] = i / 80 % 2 == 0 ? 10'000 : -10'000;
  for (std::uint16_t i = 0; i < 50; ++i) {
    talk(viewer, i, (*encoder)->encode(wave).value(), kTalk + 1);
    pair.run(milliseconds(20));
  }
  EXPECT_GE(heard(viewer).size() - noises, 45u);
  EXPECT_GT(loudest(*player, heard(viewer), noises), 5000);
  EXPECT_TRUE(viewer.camera_side->connected());
  EXPECT_EQ(viewer.viewer_side->stats().undecodable, 0u);
}

}  // namespace
}  // namespace perch::sim
