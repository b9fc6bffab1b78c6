#include "media/rtp/rtp_packet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace perch::rtp {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

const RtpHeader kHeader{true, 102, {0x1234}, {0xDEADBEEF}, 0xCAFEBABE};
const Bytes kTwoExtensions{0x90, 0xE6, 0x12, 0x34, 0xDE, 0xAD, 0xBE, 0xEF, 0xCA, 0xFE, 0xBA, 0xBE,  // fixed header
                           0xBE, 0xDE, 0x00, 0x02,                                                  // two words
                           0x31, 0x00, 0x07, 0x52, 0x01, 0x02, 0x03, 0x00,  // id 3, id 5, padding
                           0xAA, 0xBB};

Bytes write_two_extensions(std::size_t room, bool& fits) {
  Bytes buffer(room);
  RtpPacketWriter writer(buffer, kHeader);
  writer.extension(3, std::array<std::uint8_t, 2>{0, 7});
  writer.extension(5, std::array<std::uint8_t, 3>{1, 2, 3});
  writer.payload(std::array<std::uint8_t, 1>{0xAA});
  writer.payload(std::array<std::uint8_t, 1>{0xBB});
  const ByteSpan packet = writer.finish();
  fits = !packet.empty();
  return {packet.begin(), packet.end()};
}

TEST(RtpPacketWriter, WritesFixedHeaderWithoutExtensions) {
  std::array<std::uint8_t, 32> buffer{};
  RtpPacketWriter writer(buffer, {false, 96, {1}, {2}, 3});
  writer.payload(std::array<std::uint8_t, 1>{9});
  EXPECT_THAT(writer.finish(), ElementsAre(0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9));
}

TEST(RtpPacketWriter, PadsExtensionsToWholeWords) {
  bool fits = false;
  EXPECT_THAT(write_two_extensions(100, fits), ElementsAreArray(kTwoExtensions));
  EXPECT_TRUE(fits);
}

TEST(RtpPacketWriter, GivesNothingInABufferOneByteTooSmallOrLess) {
  bool fits = true;
  for (std::size_t room = 0; room < kTwoExtensions.size(); ++room) {
    EXPECT_THAT(write_two_extensions(room, fits), IsEmpty());
    EXPECT_FALSE(fits) << room;
  }
  (void)write_two_extensions(kTwoExtensions.size(), fits);
  EXPECT_TRUE(fits);
}

TEST(RtpPacketWriter, RefusesWhatTheOneByteFormCannotSay) {
  const auto accepts = [](std::uint8_t id, std::size_t size) {
    std::array<std::uint8_t, 64> buffer{};
    RtpPacketWriter writer(buffer, kHeader);
    writer.extension(id, Bytes(size));
    return !writer.finish().empty();
  };
  EXPECT_TRUE(accepts(1, 1));
  EXPECT_TRUE(accepts(14, 16));
  EXPECT_FALSE(accepts(0, 1));
  EXPECT_FALSE(accepts(15, 1));
  EXPECT_FALSE(accepts(1, 0));
  EXPECT_FALSE(accepts(1, 17));
}

TEST(RtpPacket, ReadsBackWhatWasWritten) {
  const auto packet = parse_rtp_packet(kTwoExtensions);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->header.marker);
  EXPECT_EQ(packet->header.payload_type, 102);
  EXPECT_EQ(packet->header.sequence_number.value, 0x1234);
  EXPECT_EQ(packet->header.timestamp.value, 0xDEADBEEF);
  EXPECT_EQ(packet->header.ssrc, 0xCAFEBABE);
  EXPECT_EQ(packet->header_size, 24u);
  EXPECT_THAT(packet->extension(3).value(), ElementsAre(0, 7));
  EXPECT_THAT(packet->extension(5).value(), ElementsAre(1, 2, 3));
  EXPECT_FALSE(packet->extension(4));
  EXPECT_THAT(packet->payload, ElementsAre(0xAA, 0xBB));
}

TEST(RtpPacket, RefusesEveryTruncationOfTheHeader) {
  for (std::size_t size = 0; size < 24; ++size) {
    EXPECT_FALSE(parse_rtp_packet(ByteView(kTwoExtensions).first(size))) << size;
  }
  EXPECT_TRUE(parse_rtp_packet(ByteView(kTwoExtensions).first(24)));
}

TEST(RtpPacket, StepsOverContributingSourcesAndForeignExtensionProfiles) {
  const Bytes bytes{0x91, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 0x10, 0x00, 0, 1, 0x31, 1, 1, 1, 0x55};
  const auto packet = parse_rtp_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->extensions, IsEmpty());
  EXPECT_THAT(packet->payload, ElementsAre(0x55));
}

TEST(RtpPacket, RemovesPaddingAndRefusesImpossiblePadding) {
  Bytes bytes{0xA0, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0x55, 0, 2};
  EXPECT_THAT(parse_rtp_packet(bytes)->payload, ElementsAre(0x55));
  bytes.back() = 3;
  EXPECT_THAT(parse_rtp_packet(bytes)->payload, IsEmpty());
  bytes.back() = 4;
  EXPECT_FALSE(parse_rtp_packet(bytes));
  bytes.back() = 0;
  EXPECT_FALSE(parse_rtp_packet(bytes));
}

TEST(RtpPacket, RefusesOtherVersions) {
  Bytes bytes = kTwoExtensions;
  for (const std::uint8_t first : Bytes{0x00, 0x40, 0xC0}) {
    bytes[0] = first;
    EXPECT_FALSE(parse_rtp_packet(bytes));
  }
}

TEST(RtpPacket, StopsAtReservedExtensionIdsAndTruncatedElements) {
  const auto with_extension_words = [](std::array<std::uint8_t, 4> word) {
    Bytes bytes{0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xBE, 0xDE, 0, 1};
    bytes.insert(bytes.end(), word.begin(), word.end());
    return bytes;
  };
  const Bytes id_15 = with_extension_words({0xF0, 1, 0x20, 2});
  EXPECT_FALSE(parse_rtp_packet(id_15)->extension(2));
  const Bytes id_0_with_length = with_extension_words({0x01, 1, 0x20, 2});
  EXPECT_FALSE(parse_rtp_packet(id_0_with_length)->extension(2));
  const Bytes too_long = with_extension_words({0x23, 1, 2, 3});
  EXPECT_FALSE(parse_rtp_packet(too_long)->extension(2));
  const Bytes padded_in_front = with_extension_words({0, 0, 0x20, 2});
  EXPECT_THAT(parse_rtp_packet(padded_in_front)->extension(2).value(), ElementsAre(2));
}

}  // namespace
}  // namespace perch::rtp
