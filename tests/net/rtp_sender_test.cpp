#include "net/rtp_sender.hpp"

#include <gtest/gtest.h>

#include "media/rtp/rtp_packet.hpp"
#include "net/srtp_session.hpp"

namespace perch::net {
namespace {

constexpr TimePoint kNow{seconds(100)};

rtp::FramePackets make_frame(rtp::PacketIndex first, std::size_t count, std::uint32_t timestamp = 9000) {
  rtp::FramePackets frame;
  frame.first_index = first;
  frame.timestamp = {timestamp};
  frame.captured_at = kNow - milliseconds(10);
  frame.keyframe = first == 0;
  for (std::size_t i = 0; i < count; ++i) {
    frame.fragments.push_back({static_cast<std::uint32_t>(frame.bytes.size()), 4});
    for (std::uint8_t b = 0; b < 4; ++b) frame.bytes.push_back(static_cast<std::uint8_t>(16 * i + b));
  }
  return frame;
}

RtpSenderConfig make_config() {
  RtpSenderConfig config;
  config.ssrc = 0xAABBCCDD;
  config.payload_type = 108;
  config.rtx_ssrc = 0x11223344;
  config.rtx_payload_type = 109;
  config.extensions = {3, 2, 5, 9};
  config.playout_delay = {milliseconds(0), milliseconds(100)};
  config.mid = "v0";
  return config;
}

Bytes parse_extension(const Bytes& packet, std::uint8_t id) {
  const auto view = rtp::parse_rtp_packet(packet);
  const auto value = view ? view->extension(id) : std::nullopt;
  return value ? Bytes(value->begin(), value->end()) : Bytes{};
}

class RtpSenderTest : public testing::Test {
 protected:
  explicit RtpSenderTest(RtpSenderConfig config = make_config(), std::uint16_t first = 65'534)
      : sender_(std::move(config), {first}, {500}, log_) {}

  Bytes packet(const rtp::FramePackets& frame, std::size_t i) {
    Bytes buffer(200);
    buffer.resize(sender_.write_packet(kNow, frame, i, buffer));
    return buffer;
  }
  void send(const rtp::FramePackets& frame) {
    for (std::size_t i = 0; i < frame.fragments.size(); ++i) EXPECT_FALSE(packet(frame, i).empty());
  }
  std::optional<rtp::PacketIndex> index_of(std::uint16_t number) const {
    const auto sent = sender_.index_of({number});
    return sent ? std::optional(sent->index) : std::nullopt;
  }
  SendLog log_;
  RtpSender sender_;
};

TEST_F(RtpSenderTest, GoldenPacket) {
  const Bytes expected{0x90, 0x80 | 108, 0xFF, 0xFE, 0, 0, 0x23, 0x28, 0xAA, 0xBB, 0xCC, 0xDD,  // fixed header
                       0xBE, 0xDE,       0,    4,                                               // one-byte extensions
                       0x31, 0,          0,         // transport-wide sequence number 0
                       0x22, 0x90,       0,    0,   // 100 s = 36 mod 64, in 6.18
                       0x52, 0,          0,    10,  // playout delay 0, 100 ms
                       0x91, 'v',        '0',       // mid
                       0,    0,                     // padding
                       0,    1,          2,    3};
  EXPECT_EQ(packet(make_frame(0, 1), 0), expected);
}

TEST_F(RtpSenderTest, NumbersAreContinuousAndTheMarkerEndsAFrame) {
  const auto frame = make_frame(0, 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const Bytes bytes = packet(frame, i);
    const auto parsed = rtp::parse_rtp_packet(bytes);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->header.sequence_number.value, static_cast<std::uint16_t>(65'534 + i));
    EXPECT_EQ(parsed->header.marker, i == 2);
    EXPECT_EQ(ByteReader(*parsed->extension(3)).u16(), i);
  }
}

TEST_F(RtpSenderTest, OnlyNegotiatedExtensionsAreSent) {
  RtpSenderConfig config = make_config();
  config.extensions = {};
  RtpSender plain(config, {1}, {1}, log_);
  Bytes buffer(100);
  EXPECT_EQ(plain.write_packet(kNow, make_frame(0, 1), 0, buffer), 16u);
  EXPECT_EQ(log_.next_number().value, 0);  // a packet without the number uses none
}

TEST_F(RtpSenderTest, SkippedFramesLeaveNoGapAndNumbersFindTheirPackets) {
  send(make_frame(0, 3));
  send(make_frame(10, 2));  // 3 … 9 were not for this viewer
  send(make_frame(12, 2));
  send(make_frame(50, 1));
  const std::vector<rtp::PacketIndex> sent{0, 1, 2, 10, 11, 12, 13, 50};
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(index_of(static_cast<std::uint16_t>(65'534 + i)), sent[i]) << i;
  }
  EXPECT_EQ(index_of(65'533), std::nullopt);
  EXPECT_EQ(index_of(static_cast<std::uint16_t>(65'534 + sent.size())), std::nullopt);
}

TEST_F(RtpSenderTest, KeepsAccountOfTheNewestSkipsOnly) {
  for (rtp::PacketIndex i = 0; i < 40; ++i) send(make_frame(10 * i, 1));
  EXPECT_EQ(index_of(static_cast<std::uint16_t>(65'534 + 39)), 390);
  EXPECT_EQ(index_of(65'534), std::nullopt);
}

TEST_F(RtpSenderTest, RtxCarriesTheOriginalNumber) {
  const auto frame = make_frame(0, 2);
  send(frame);
  Bytes buffer(200);
  buffer.resize(sender_.write_retransmission(kNow, frame, 1, {65'535}, buffer));
  const auto parsed = rtp::parse_rtp_packet(buffer);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->header.ssrc, 0x11223344u);
  EXPECT_EQ(parsed->header.payload_type, 109);
  EXPECT_EQ(parsed->header.sequence_number.value, 500);
  EXPECT_EQ(parsed->header.timestamp, frame.timestamp);
  EXPECT_TRUE(parsed->header.marker);
  EXPECT_EQ(Bytes(parsed->payload.begin(), parsed->payload.end()), (Bytes{0xFF, 0xFF, 16, 17, 18, 19}));
  EXPECT_EQ(log_.next_number().value, 3);  // repetitions are numbered too
}

TEST_F(RtpSenderTest, WithoutRtxThePacketItselfIsRepeated) {
  RtpSenderConfig config = make_config();
  config.rtx_ssrc.reset();
  RtpSender sender(config, {7}, {1}, log_);
  const auto frame = make_frame(0, 1);
  Bytes first(200);
  Bytes again(200);
  first.resize(sender.write_packet(kNow, frame, 0, first));
  again.resize(sender.write_retransmission(kNow, frame, 0, {7}, again));
  ASSERT_EQ(first.size(), again.size());
  first[18] = again[18];  // but for the transport-wide number
  EXPECT_EQ(first, again);
}

TEST_F(RtpSenderTest, RepeatsAPacketOncePerRoundTrip) {
  const auto frame = make_frame(0, 2);
  send(frame);
  Bytes buffer(200);
  EXPECT_TRUE(sender_.admit_retransmission(kNow - milliseconds(50), {65'534}, milliseconds(100)));
  EXPECT_FALSE(sender_.admit_retransmission(kNow + milliseconds(500), {65'534}, milliseconds(100))) << "still waits";
  ASSERT_GT(sender_.write_retransmission(kNow, frame, 0, {65'534}, buffer), 0u);
  EXPECT_FALSE(sender_.admit_retransmission(kNow + milliseconds(99), {65'534}, milliseconds(100)));
  EXPECT_TRUE(sender_.admit_retransmission(kNow + milliseconds(99), {65'535}, milliseconds(100)));
  EXPECT_TRUE(sender_.admit_retransmission(kNow + milliseconds(100), {65'534}, milliseconds(100)));
}

TEST_F(RtpSenderTest, WhatIsNoLongerWaitingMayBeAskedForAgain) {
  send(make_frame(0, 1));
  ASSERT_TRUE(sender_.admit_retransmission(kNow, {65'534}, milliseconds(100)));
  sender_.forget_retransmission({65'534});
  EXPECT_TRUE(sender_.admit_retransmission(kNow + milliseconds(100), {65'534}, milliseconds(100)));
}

TEST_F(RtpSenderTest, PaddingTravelsOnTheRtxStreamAndCountsForNothing) {
  const auto frame = make_frame(0, 1);
  send(frame);
  Bytes buffer(400);
  buffer.resize(sender_.write_padding(kNow, frame, 0, {65'534}, buffer));
  const auto again = rtp::parse_rtp_packet(buffer);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->header.ssrc, 0x11223344u);
  EXPECT_EQ(again->payload.size(), 6u);
  EXPECT_EQ(sender_.retransmitted(), 0u);
  Bytes empty(400);
  empty.resize(sender_.write_empty_padding(kNow, empty));
  EXPECT_GT(empty.size(), 224u);
  const auto nothing = rtp::parse_rtp_packet(empty);
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->header.ssrc, 0x11223344u);
  EXPECT_EQ(nothing->header.sequence_number, again->header.sequence_number + 1);
  EXPECT_TRUE(nothing->payload.empty());
  EXPECT_EQ(ByteReader(*nothing->extension(3)).u16(), 2) << "it has a transport-wide number, as all have";
}

TEST_F(RtpSenderTest, APictureOfAnotherTierIsOneOfItsOwn) {
  auto low = make_frame(0, 1);
  low.tier = rtp::Tier::kLow;
  send(make_frame(7, 2));
  sender_.shift(low);
  const Bytes first = packet(low, 0);
  Bytes again(200);
  again.resize(sender_.write_retransmission(kNow, low, 0, {static_cast<std::uint16_t>(65'536)}, again));
  EXPECT_EQ(rtp::parse_rtp_packet(first)->header.timestamp.value, 9001u);
  EXPECT_EQ(rtp::parse_rtp_packet(again)->header.timestamp.value, 9001u);
  EXPECT_EQ(sender_.index_of({0}), (RtpSender::Sent{rtp::Tier::kLow, 0}));
  EXPECT_EQ(sender_.index_of({65'535}), (RtpSender::Sent{rtp::Tier::kMain, 8}));
}

TEST_F(RtpSenderTest, KnowsHowMuchTheNetworkCarries) {
  const Bytes bytes = packet(make_frame(0, 1), 0);
  EXPECT_EQ(sender_.wire_size(4), bytes.size() + SrtpSession::kRtpOverhead + 28);
}

TEST_F(RtpSenderTest, RepetitionsHaveABudget) {
  int admitted = 0;
  for (std::uint16_t i = 0; i < 1000; ++i)
    admitted += sender_.admit_retransmission(kNow, {i}, milliseconds(100)) ? 1 : 0;
  EXPECT_EQ(admitted, 256);
  send(make_frame(0, 5));
  for (std::uint16_t i = 2000; i < 2100; ++i)
    admitted += sender_.admit_retransmission(kNow, {i}, milliseconds(100)) ? 1 : 0;
  EXPECT_EQ(admitted, 261);
}

TEST_F(RtpSenderTest, WhatDoesNotFitIsNotCounted) {
  Bytes small(20);
  const auto frame = make_frame(0, 1);
  EXPECT_EQ(sender_.write_packet(kNow, frame, 0, small), 0u);
  EXPECT_EQ(sender_.packets(), 0u);
  EXPECT_EQ(log_.next_number().value, 0);
  EXPECT_EQ(index_of(65'534), std::nullopt);
}

TEST_F(RtpSenderTest, ReportExtrapolatesTheMediaClockToNow) {
  const NtpClock clock(kNow, seconds(1'700'000'000));
  EXPECT_FALSE(sender_.report(kNow, clock));
  send(make_frame(0, 2, 9000));
  const auto report = sender_.report(kNow + milliseconds(20), clock);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rtp_timestamp.value, 9000u + 30 * 90);  // captured 10 ms before kNow
  EXPECT_EQ(report->packet_count, 2u);
  EXPECT_EQ(report->octet_count, 8u);
  EXPECT_EQ(report->ntp.value, clock.at(kNow + milliseconds(20)).value);
}

TEST_F(RtpSenderTest, PlayoutDelayMayChangeOnTheWay) {
  const auto delay_in = [&](rtp::PacketIndex index) {
    const Bytes bytes = packet(make_frame(index, 1), 0);
    return parse_extension(bytes, 5);
  };
  EXPECT_EQ(delay_in(0), (Bytes{0, 0, 10}));
  sender_.set_playout_delay({milliseconds(60), milliseconds(200)});
  EXPECT_EQ(delay_in(1), (Bytes{0, 0x60, 20}));
}

}  // namespace
}  // namespace perch::net
