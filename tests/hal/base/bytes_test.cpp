#include "hal/base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>

namespace perch {
namespace {

TEST(ByteReader, ReadsNetworkByteOrder) {
  const std::array<std::uint8_t, 10> in{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  ByteReader reader(in);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u24(), 0x040506U);
  EXPECT_EQ(reader.u32(), 0x0708090AU);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteReader, PastTheEndGivesZeroAndStaysBad) {
  const std::array<std::uint8_t, 3> in{1, 2, 3};
  ByteReader reader(in);
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  std::array<std::uint8_t, 18> out{};
  ByteWriter writer(out);
  writer.u8(0xAB);
  writer.u16(0xCDEF);
  writer.u24(0x010203);
  writer.u32(0xDEADBEEF);
  writer.u64(0x1122334455667788);
  ASSERT_TRUE(writer.ok());
  ByteReader reader(writer.written());
  EXPECT_EQ(reader.u8(), 0xAB);
  EXPECT_EQ(reader.u16(), 0xCDEF);
  EXPECT_EQ(reader.u24(), 0x010203U);
  EXPECT_EQ(reader.u32(), 0xDEADBEEFU);
  EXPECT_EQ(reader.u64(), 0x1122334455667788U);
}

TEST(ByteWriter, NeverRunsOverTheEnd) {
  std::array<std::uint8_t, 3> out{};
  ByteWriter writer(out);
  writer.u32(1);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.size(), 0U);
  writer.u8(1);  // would fit, but the message is broken already
  EXPECT_EQ(writer.size(), 0U);
}

TEST(ByteWriter, PatchesALengthWrittenEarlier) {
  std::array<std::uint8_t, 4> out{};
  ByteWriter writer(out);
  writer.u16(0);
  writer.patch_u16(0, 0x1234);
  writer.patch_u16(1, 0xFFFF);  // not written yet: ignored
  EXPECT_EQ(out[0], 0x12);
  EXPECT_EQ(out[1], 0x34);
}

}  // namespace
}  // namespace perch
