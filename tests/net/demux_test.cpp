#include "net/demux.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

DatagramKind kind(std::uint8_t first, std::uint8_t second) { return kind_of(Bytes{first, second}); }

TEST(Demux, TellsTheRangesOfRfc7983) {
  for (int first = 0; first < 256; ++first) {
    const DatagramKind expected = first <= 3                     ? DatagramKind::kStun
                                  : first >= 20 && first <= 63   ? DatagramKind::kDtls
                                  : first >= 128 && first <= 191 ? DatagramKind::kRtp
                                                                 : DatagramKind::kUnknown;
    EXPECT_EQ(kind(static_cast<std::uint8_t>(first), 96), expected) << first;
  }
}

TEST(Demux, TellsRtcpByTheSecondByte) {
  EXPECT_EQ(kind(0x80, 191), DatagramKind::kRtp);
  EXPECT_EQ(kind(0x80, 192), DatagramKind::kRtcp);
  EXPECT_EQ(kind(0x80, 223), DatagramKind::kRtcp);
  EXPECT_EQ(kind(0x80, 224), DatagramKind::kRtp);  // marker bit and payload type 96
}

TEST(Demux, TooShortIsUnknown) {
  EXPECT_EQ(kind_of(Bytes{}), DatagramKind::kUnknown);
  EXPECT_EQ(kind_of(Bytes{0x80}), DatagramKind::kUnknown);
}

}  // namespace
}  // namespace perch::net
