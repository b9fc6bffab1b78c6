#include <gtest/gtest.h>

#include "net/rtcp/compound.hpp"

namespace perch::net::rtcp {
namespace {

template <class T>
Bytes written(const T& packet) {
  Bytes buffer(1500);
  ByteWriter out(buffer);
  write(out, packet);
  EXPECT_TRUE(out.ok());
  return Bytes(out.written().begin(), out.written().end());
}

/// The only packet of `bytes`, as a T.
template <class T>
T parsed(const Bytes& bytes) {
  const auto packets = parse_compound(bytes);
  if (!packets || packets->size() != 1 || !std::holds_alternative<T>(packets->front())) {
    ADD_FAILURE() << "not one packet of the expected type";
    return {};
  }
  return std::get<T>(packets->front());
}

const ReportBlock kBlock{0x01020304, 64, -5, 0x00010002, 90, 0xAABBCCDD, 65536};

TEST(Rtcp, SenderReportGoldenBytes) {
  const Bytes expected{0x80, 200, 0, 6, 0,    0,    0, 1, 0xE0, 0, 0, 0, 0x80, 0,
                       0,    0,   0, 0, 0x0B, 0xB8, 0, 0, 0,    2, 0, 0, 3,    0xE8};
  const SenderReport report{1, {0xE0000000'80000000}, {3000}, 2, 1000, {}};
  EXPECT_EQ(written(report), expected);
}

TEST(Rtcp, ReceiverReportGoldenBytes) {
  const Bytes expected{0x81, 201, 0, 7, 0, 0, 0, 9,  1,    2,    3,    4,    64, 0xFF, 0xFF, 0xFB,
                       0,    1,   0, 2, 0, 0, 0, 90, 0xAA, 0xBB, 0xCC, 0xDD, 0,  1,    0,    0};
  EXPECT_EQ(written(ReceiverReport{9, {kBlock}}), expected);
}

TEST(Rtcp, NackGoldenBytes) {
  const Bytes expected{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0x12, 0x34, 0x80, 0x01};
  EXPECT_EQ(written(Nack{1, 2, {{{0x1234}, 0x8001}}}), expected);
}

TEST(Rtcp, KeyframeRequestGoldenBytes) {
  EXPECT_EQ(written(PictureLossIndication{1, 2}), (Bytes{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2}));
  EXPECT_EQ(written(FullIntraRequest{1, {{3, 7}}}),
            (Bytes{0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 7, 0, 0, 0}));
}

TEST(Rtcp, RembGoldenBytes) {
  // 1,000,000 bit/s = 250,000 · 2^2, the largest mantissa that fits 18 bits.
  EXPECT_EQ(written(Remb{1, Bitrate::bps(1'000'000), {5}}),
            (Bytes{0x8F, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 1, 0x0B, 0xD0, 0x90, 0, 0, 0, 5}));
}

TEST(Rtcp, ExtendedReportGoldenBytes) {
  ExtendedReport report;
  report.ssrc = 1;
  report.delays = {{2, 3, 4}};
  EXPECT_EQ(written(report), (Bytes{0x80, 207, 0, 5, 0, 0, 0, 1, 5, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4}));
  ExtendedReport reference;
  reference.ssrc = 1;
  reference.receiver_reference_time = NtpTime{0x0102030405060708};
  EXPECT_EQ(written(reference), (Bytes{0x80, 207, 0, 4, 0, 0, 0, 1, 4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Rtcp, ReportsRoundTrip) {
  const auto report = parsed<SenderReport>(written(SenderReport{1, {2}, {3}, 4, 5, {kBlock, kBlock}}));
  EXPECT_EQ(report.ssrc, 1u);
  EXPECT_EQ(report.ntp.value, 2u);
  EXPECT_EQ(report.rtp_timestamp.value, 3u);
  EXPECT_EQ(report.packet_count, 4u);
  EXPECT_EQ(report.octet_count, 5u);
  EXPECT_EQ(report.blocks, (std::vector{kBlock, kBlock}));
  EXPECT_EQ(parsed<ReceiverReport>(written(ReceiverReport{9, {kBlock}})).blocks, std::vector{kBlock});
}

TEST(Rtcp, SourceDescriptionRoundTripsForEveryLengthOfName) {
  for (std::size_t size = 0; size <= 255; ++size) {
    const std::string name(size, 'n');
    const auto got = parsed<SourceDescription>(written(SourceDescription{{{7, name}, {8, name}}}));
    ASSERT_EQ(got.chunks.size(), 2u);
    EXPECT_EQ(got.chunks[0].cname, name);
    EXPECT_EQ(got.chunks[1].ssrc, 8u);
    EXPECT_EQ(got.chunks[1].cname, name);
  }
}

TEST(Rtcp, GoodbyeRoundTrips) {
  for (const std::string reason : {"", "a", "abc", "camera stops"}) {
    const auto got = parsed<Goodbye>(written(Goodbye{{1, 2}, reason}));
    EXPECT_EQ(got.ssrcs, (std::vector<rtp::Ssrc>{1, 2}));
    EXPECT_EQ(got.reason, reason);
  }
}

TEST(Rtcp, NackItemsShareNeighboursAndWrap) {
  const std::vector<rtp::SequenceNumber> lost{{65534}, {65535}, {0}, {14}, {15}, {300}};
  const auto items = nack_items(lost);
  ASSERT_EQ(items.size(), 3u);
  std::vector<rtp::SequenceNumber> visited;
  parsed<Nack>(written(Nack{1, 2, items})).for_each([&](rtp::SequenceNumber n) { visited.push_back(n); });
  EXPECT_EQ(visited, lost);
}

TEST(Rtcp, FullIntraRequestRoundTrips) {
  const auto got = parsed<FullIntraRequest>(written(FullIntraRequest{1, {{3, 255}, {4, 0}}}));
  ASSERT_EQ(got.entries.size(), 2u);
  EXPECT_EQ(got.entries[0].ssrc, 3u);
  EXPECT_EQ(got.entries[0].sequence_number, 255);
}

TEST(Rtcp, RembRoundTripsWithin18Bits) {
  for (const std::int64_t rate : {0LL, 1LL, 262'143LL, 262'144LL, 2'000'000LL, 10'000'000'000LL}) {
    const auto got = parsed<Remb>(written(Remb{1, Bitrate::bps(rate), {5, 6}}));
    EXPECT_NEAR(static_cast<double>(got.bitrate.bps()), static_cast<double>(rate), static_cast<double>(rate) / 131072);
    EXPECT_EQ(got.ssrcs, (std::vector<rtp::Ssrc>{5, 6}));
  }
}

TEST(Rtcp, RembBeyondAllMeasureIsCapped) {
  Bytes bytes = written(Remb{1, Bitrate::bps(1), {}});
  bytes[17] = 0xFF;  // exponent 63
  EXPECT_EQ(parsed<Remb>(bytes).bitrate.bps(), INT64_MAX);
}

TEST(Rtcp, ExtendedReportRoundTrips) {
  ExtendedReport report;
  report.ssrc = 1;
  report.receiver_reference_time = NtpTime{77};
  report.delays = {{2, 3, 4}, {5, 6, 7}};
  const auto got = parsed<ExtendedReport>(written(report));
  EXPECT_EQ(got.receiver_reference_time->value, 77u);
  ASSERT_EQ(got.delays.size(), 2u);
  EXPECT_EQ(got.delays[1].last_rr, 6u);
}

TEST(Rtcp, UnknownTypesAndBlocksAreSteppedOver) {
  Bytes bytes{0x80, 204, 0, 1, 9, 9, 9, 9};                                     // APP
  const Bytes loss_block{0x80, 207, 0, 3, 0, 0, 0, 1, 1, 0, 0, 1, 9, 9, 9, 9};  // XR with a loss RLE block
  bytes.insert(bytes.end(), loss_block.begin(), loss_block.end());
  const auto packets = parse_compound(bytes);
  ASSERT_TRUE(packets);
  EXPECT_EQ(packets->size(), 1u);
}

/// A compound with one of everything.
Bytes everything() {
  Bytes buffer(1500);
  ByteWriter out(buffer);
  write(out, SenderReport{1, {2}, {3}, 4, 5, {kBlock}});
  write(out, ReceiverReport{1, {kBlock, kBlock}});
  write(out, SourceDescription{{{1, "name"}}});
  write(out, Nack{1, 2, {{{3}, 4}}});
  write(out, PictureLossIndication{1, 2});
  write(out, FullIntraRequest{1, {{2, 3}}});
  write(out, Remb{1, Bitrate::kbps(500), {2}});
  ExtendedReport report;
  report.receiver_reference_time = NtpTime{9};
  report.delays = {{1, 2, 3}};
  write(out, report);
  write(out, Goodbye{{1}, "bye"});
  EXPECT_TRUE(write(out, TransportFeedback{1, 2, {10}, 3, 0, {{{10}, microseconds(250)}, {{12}, microseconds(500)}}}));
  return Bytes(out.written().begin(), out.written().end());
}

TEST(Rtcp, ParsesACompoundWithOneOfEverything) {
  const auto packets = parse_compound(everything());
  ASSERT_TRUE(packets);
  EXPECT_EQ(packets->size(), 10u);
}

TEST(Rtcp, EveryTruncationIsRefusedOrEndsBetweenPackets) {
  const Bytes all = everything();
  for (std::size_t size = 0; size < all.size(); ++size) {
    const auto packets = parse_compound(ByteView(all).first(size));
    EXPECT_TRUE(!packets || (size % 4 == 0 && packets->size() < 10)) << size;
  }
}

/// With the length field made to fit, so that every parser sees each cut itself.
TEST(Rtcp, EachPacketCutShortIsRefused) {
  const Bytes all = everything();
  ByteReader in(all);
  while (in.remaining() > 0) {
    const std::size_t start = all.size() - in.remaining();
    const auto packet = next_packet(in);
    ASSERT_TRUE(packet);
    const std::size_t end = all.size() - in.remaining();
    if (packet->type == PacketType::kGoodbye || packet->type == PacketType::kExtendedReport)
      continue;  // may be shorter
    for (std::size_t words = 1; words < (end - start) / 4; ++words) {
      Bytes cut(all.begin() + static_cast<std::ptrdiff_t>(start),
                all.begin() + static_cast<std::ptrdiff_t>(start + 4 * words));
      cut[0] &= 0xDF;  // no padding
      cut[3] = static_cast<std::uint8_t>(words - 1);
      const auto got = parse_compound(cut);
      EXPECT_TRUE(!got || got->empty()) << "type " << static_cast<int>(packet->type) << " words " << words;
    }
  }
}

TEST(Rtcp, WrongVersionAndPaddingAreRefused) {
  Bytes bytes = written(PictureLossIndication{1, 2});
  bytes[0] = 0x41;
  EXPECT_FALSE(parse_compound(bytes));
  bytes[0] = 0xA1;  // padding, and the last byte says 2
  EXPECT_FALSE(parse_compound(bytes));
  bytes[11] = 200;
  EXPECT_FALSE(parse_compound(bytes));
  EXPECT_FALSE(parse_compound({}));
}

}  // namespace
}  // namespace perch::net::rtcp
