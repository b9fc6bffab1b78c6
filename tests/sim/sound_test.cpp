// Sound to the viewers, and a viewer's talk to the camera, beside the pictures.
#include <gtest/gtest.h>

#include "media/rtp/rtp_packet.hpp"
#include "net/rtcp/compound.hpp"
#include "tests/sim/peer_pair.hpp"

namespace perch::sim {
namespace {

PairConfig with_sound(std::size_t viewers = 1) {
  PairConfig config;
  config.sound = true;
  config.viewers = viewers;
  return config;
}

constexpr rtp::Ssrc kAudio = 0x1002;
constexpr rtp::Ssrc kTalk = 0x7A1C;
constexpr std::uint8_t kTalkCcId = 3;

void talk(PeerPair& pair, std::uint16_t number, std::size_t viewer = 0, std::uint8_t payload_type = 111,
          std::size_t size = 60) {
  Bytes buffer(2000);
  rtp::RtpPacketWriter packet(
      buffer, {false, payload_type, rtp::SequenceNumber{number}, {static_cast<std::uint32_t>(960 * number)}, kTalk});
  packet.extension(kTalkCcId, Bytes{static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)});
  packet.payload(Bytes(size, 0x11));
  pair.viewer(viewer).viewer_side->send_rtp(packet.finish());
}

std::vector<net::InboundPacket> heard(PeerPair& pair, std::size_t viewer = 0) {
  std::vector<net::InboundPacket> packets;
  for (const auto& event : pair.viewer(viewer).camera_events) {
    if (const auto* talk = std::get_if<net::Peer::TalkReceived>(&event)) packets.push_back(talk->packet);
  }
  return packets;
}

TEST(Sound, ReachesTheViewerBesideThePictures) {
  PeerPair pair(300, with_sound());
  pair.run(seconds(4));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  EXPECT_GE(stats.audio_packets, 180u);
  EXPECT_EQ(stats.undecodable, 0u);
  EXPECT_GT(stats.frames, 100u);
}

TEST(Sound, IsNotCountedAsPictures) {
  PeerPair pair(305, with_sound());
  pair.run(seconds(2));
  pair.viewer().muted = true;
  pair.run(seconds(1));  // what was on its way has left
  const net::PeerStats before = pair.viewer().camera_side->stats();
  pair.run(seconds(2));
  const net::PeerStats after = pair.viewer().camera_side->stats();
  EXPECT_GT(before.picture_packets_sent, 50u);
  EXPECT_EQ(after.picture_packets_sent, before.picture_packets_sent);
  EXPECT_GT(after.packets_sent, before.packets_sent + 50);
}

TEST(Sound, ItsSenderReportTellsCaptureTimeOnTheSameClockAsTheVideos) {
  PeerPair pair(301, with_sound());
  ASSERT_TRUE(
      pair.run_until([&] { return pair.viewer().viewer_side->stats().last_audio_report.has_value(); }, seconds(3)));
  pair.run(seconds(3));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  ASSERT_TRUE(stats.last_sender_report && stats.last_audio_report);
  EXPECT_EQ(stats.last_sender_report->ntp.value, stats.last_audio_report->ntp.value) << "one compound";
  EXPECT_EQ(stats.last_audio_report->ssrc, kAudio);
}

/// When the viewer believes that the newest sound was captured, against the truth [ms].
double belief_error_ms(PeerPair& pair) {
  const auto& report = pair.viewer().viewer_side->stats().last_audio_report;
  if (!report) return 1e9;
  const auto ticks = static_cast<std::int32_t>(pair.last_sound().timestamp.value - report->rtp_timestamp.value);
  const double seconds_ntp = static_cast<double>(ticks) / 48'000;
  const auto truth = static_cast<std::int64_t>(pair.clock().at(pair.last_sound().at).value - report->ntp.value);
  return (seconds_ntp - static_cast<double>(truth) / 4294967296.0) * 1000;
}

TEST(Sound, StaysTrueToThePictureForTenMinutesOnACardThatRunsFastOrSlow) {
  for (const double ppm : {-200.0, 200.0}) {
    PairConfig config = with_sound();
    config.sound_card_ppm = ppm;
    config.frame_size = 300;
    PeerPair pair(304, config);
    pair.run(seconds(600));  // RTP time has drifted by 120 ms meanwhile
    EXPECT_NEAR(belief_error_ms(pair), 0, 1) << ppm;
  }
}

TEST(Sound, ReportsForBothStreamsComeWithTheirFirstPackets) {
  PeerPair pair(302, with_sound());
  ASSERT_TRUE(pair.run_until([&] { return pair.viewer().viewer_side->stats().audio_packets > 0; }, seconds(3)));
  pair.run(milliseconds(30));
  EXPECT_TRUE(pair.viewer().viewer_side->stats().last_audio_report.has_value());
}

TEST(Sound, LostPacketsAreSentAgainWhenAskedFor) {
  PeerPair pair(303, with_sound());
  pair.run(seconds(1));
  const std::uint64_t before = pair.viewer().viewer_side->stats().audio_packets;
  const auto newest = pair.viewer().camera_side->stats();
  net::rtcp::Nack nack{1, kAudio, {}};
  // The first number is random: all of the last 2^15 are asked for, at most one round of which was ever sent.
  for (std::uint32_t base = 0; base < 0x8000; base += 17)
    nack.items.push_back({rtp::SequenceNumber{static_cast<std::uint16_t>(base)}, 0xFFFF});
  for (std::size_t at = 0; at < nack.items.size(); at += 200) {
    net::rtcp::Nack part{1, kAudio, {}};
    for (std::size_t i = at; i < std::min(at + 200, nack.items.size()); ++i) part.items.push_back(nack.items[i]);
    std::array<std::uint8_t, 1200> buffer{};
    ByteWriter out(buffer);
    write(out, part);
    pair.viewer().viewer_side->send_rtcp(out.written());
  }
  pair.run(milliseconds(15));
  EXPECT_GT(pair.viewer().camera_side->stats().retransmitted, newest.retransmitted + 20);
  EXPECT_GE(pair.viewer().viewer_side->stats().audio_packets, before);
  EXPECT_EQ(pair.viewer().keyframes_wanted, 0u) << "old sound is no reason for a key frame";
}

/// What is sent again counts as received in the viewer's reports, but over a long way it comes too late to be heard:
/// error correction has to know how much the network really loses.
TEST(Sound, ItsLossIsTheNetworksEvenWhereEverythingIsSentAgain) {
  PairConfig config = with_sound();
  config.to_viewer.loss = 0.05;
  PeerPair pair(310, config);
  pair.run(seconds(20));
  EXPECT_NEAR(pair.viewer().camera_side->stats().audio_fraction_lost, 0.05, 0.03);
}

TEST(Sound, WithoutLossNoneIsReported) {
  PeerPair pair(311, with_sound());
  pair.run(seconds(10));
  EXPECT_LT(pair.viewer().camera_side->stats().audio_fraction_lost, 0.005);
}

TEST(Talk, ArrivesAsItWasSent) {
  PeerPair pair(310, with_sound());
  pair.run(seconds(1));
  for (std::uint16_t i = 0; i < 50; ++i) {
    talk(pair, static_cast<std::uint16_t>(0xFFF0 + i));
    pair.run(milliseconds(20));
  }
  const auto packets = heard(pair);
  ASSERT_EQ(packets.size(), 50u);
  EXPECT_EQ(packets.front().ssrc, kTalk);
  EXPECT_EQ(packets.front().sequence_number.value, 0xFFF0);
  EXPECT_EQ(packets.front().payload, Bytes(60, 0x11));
  EXPECT_LT(packets.front().arrived_at, packets.back().arrived_at);
}

TEST(Talk, IsReportedBackWithItsLosses) {
  PeerPair pair(311, with_sound());
  pair.run(seconds(1));
  for (std::uint16_t i = 0; i < 200; ++i) {
    if (i % 4 != 3) talk(pair, i);
    pair.run(milliseconds(20));
  }
  const auto& reported = pair.viewer().viewer_side->stats().reported;
  ASSERT_EQ(reported.size(), 1u);
  EXPECT_EQ(reported[0].ssrc, kTalk);
  EXPECT_NEAR(reported[0].fraction_lost, 64, 16);
  EXPECT_GT(reported[0].cumulative_lost, 20);
}

TEST(Talk, ArrivalsAreReportedBackWithTheHolesInThem) {
  PeerPair pair(314, with_sound());
  pair.run(seconds(1));
  for (std::uint16_t i = 0; i < 100; ++i) {
    if (i % 10 != 5) talk(pair, static_cast<std::uint16_t>(0xFFC0 + i));
    pair.run(milliseconds(20));
  }
  pair.run(milliseconds(200));
  const ReceiverStats& stats = pair.viewer().viewer_side->stats();
  EXPECT_EQ(stats.feedback_arrived, 90u);
  EXPECT_NEAR(static_cast<double>(stats.feedback_lost), 10, 1);
  EXPECT_LE(stats.feedbacks, 22u) << "ten a second";
}

TEST(Talk, WildTransportNumbersNeitherGrowNorSpoilTheReports) {
  PeerPair pair(315, with_sound());
  pair.run(seconds(1));
  for (std::uint16_t i = 0; i < 3000; ++i) talk(pair, static_cast<std::uint16_t>(i * 7919));
  pair.run(seconds(1));
  EXPECT_TRUE(pair.viewer().camera_side->connected());
  talk(pair, 1);
  pair.run(seconds(1));
  EXPECT_GT(pair.viewer().viewer_side->stats().frames, 60u);
}

TEST(Talk, OfAViewerWhoMayNotIsRefused) {
  PeerPair pair(312, with_sound(2));
  pair.run(seconds(1));
  for (std::uint16_t i = 0; i < 20; ++i) talk(pair, i, 1);
  pair.run(seconds(1));
  EXPECT_TRUE(heard(pair, 1).empty());
  EXPECT_EQ(pair.viewer(1).camera_side->stats().rtp_unexpected, 20u);
  EXPECT_TRUE(pair.viewer(1).camera_side->connected());
}

TEST(Talk, MayBeginLongAfterTheKeys) {
  PairConfig config;
  config.talk_later = true;
  PeerPair pair(314, config);
  pair.run(seconds(1));
  talk(pair, 1);
  pair.run(milliseconds(100));
  EXPECT_TRUE(heard(pair).empty()) << "not agreed yet";
  net::PeerConfig more;
  more.video = net::StreamSendConfig{{}, nullptr, true};
  more.talk = net::TalkReceiveConfig{111, 48'000, kTalkCcId, true};
  pair.viewer().camera_side->renegotiate(std::move(more));
  talk(pair, 2);
  pair.run(milliseconds(100));
  EXPECT_EQ(heard(pair).size(), 1u);
}

TEST(Talk, OfAnotherPayloadTypeOrSizeIsDroppedAndTwiceIsOnce) {
  PeerPair pair(313, with_sound());
  pair.run(seconds(1));
  talk(pair, 1, 0, 96);
  talk(pair, 2, 0, 111, 0);
  talk(pair, 3, 0, 111, 1400);
  talk(pair, 4);
  talk(pair, 4);
  pair.run(milliseconds(100));
  EXPECT_EQ(heard(pair).size(), 1u);
  EXPECT_EQ(pair.viewer().camera_side->stats().rtp_unexpected, 3u);
}

/// What the camera side of viewer 0 was made with, to be changed.
net::PeerConfig again(bool pictures, bool sound, bool may_talk) {
  net::PeerConfig config;
  config.video = net::StreamSendConfig{{}, nullptr, pictures};
  config.audio = net::StreamSendConfig{{}, nullptr, sound};
  config.talk = net::TalkReceiveConfig{111, 48'000, kTalkCcId, may_talk};
  return config;
}

TEST(Renegotiation, PausesAndResumesSoundWithoutTouchingThePicture) {
  PeerPair pair(320, with_sound());
  pair.run(seconds(1));
  pair.viewer().camera_side->renegotiate(again(true, false, false));
  pair.run(milliseconds(100));
  const std::uint64_t paused = pair.viewer().viewer_side->stats().audio_packets;
  const std::size_t frames = pair.viewer().frames.size();
  pair.run(seconds(1));
  EXPECT_EQ(pair.viewer().viewer_side->stats().audio_packets, paused);
  EXPECT_GT(pair.viewer().frames.size(), frames + 25);
  pair.viewer().camera_side->renegotiate(again(true, true, false));
  pair.run(seconds(1));
  EXPECT_GE(pair.viewer().viewer_side->stats().audio_packets, paused + 45);
  EXPECT_EQ(pair.viewer().viewer_side->stats().not_authentic, 0u);
}

TEST(Renegotiation, ThePictureComesBackWithAKeyframeInTheSameSession) {
  PeerPair pair(321, with_sound());
  pair.run(seconds(1));
  pair.viewer().camera_side->renegotiate(again(false, true, false));
  pair.run(seconds(1));
  const std::size_t frames = pair.viewer().frames.size();
  pair.run(seconds(1));
  EXPECT_EQ(pair.viewer().frames.size(), frames);
  pair.viewer().camera_side->renegotiate(again(true, true, false));
  net::DatagramBatch batch;
  EXPECT_EQ(pair.viewer().camera_side->join(pair.now(), milliseconds(700), batch), 0u) << "the last one is old";
  pair.run(seconds(1));
  EXPECT_EQ(pair.viewer().keyframes_wanted, 1u);
  ASSERT_GT(pair.viewer().frames.size(), frames + 15);
  EXPECT_TRUE(pair.viewer().frames[frames].keyframe);
  EXPECT_EQ(pair.viewer().viewer_side->stats().given_up, 0u) << "no hole in the numbers";
}

TEST(Renegotiation, TakesAndGivesTheRightToTalk) {
  PeerPair pair(322, with_sound());
  pair.run(seconds(1));
  pair.viewer().camera_side->renegotiate(again(true, true, false));
  talk(pair, 1);
  pair.run(milliseconds(100));
  EXPECT_TRUE(heard(pair).empty());
  pair.viewer().camera_side->renegotiate(again(true, true, true));
  talk(pair, 2);
  pair.run(milliseconds(100));
  EXPECT_EQ(heard(pair).size(), 1u);
}

}  // namespace
}  // namespace perch::sim
