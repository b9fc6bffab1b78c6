#include "hal/video/h264_sps.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace perch::video {
namespace {

Bytes from_hex(std::string_view hex) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

// Writes an SPS bit by bit, for fields that x264 never uses.
class BitWriter {
 public:
  BitWriter& bits(std::uint32_t value, int n) {
    for (int i = n - 1; i >= 0; --i) {
      if (used_++ % 8 == 0) out_.push_back(0);
      out_.back() = static_cast<std::uint8_t>(out_.back() | (value >> i & 1) << (7 - (used_ - 1) % 8));
    }
    return *this;
  }
  BitWriter& ue(std::uint32_t value) {
    int length = 0;
    while ((value + 1) >> length > 1) ++length;
    return bits(0, length).bits(value + 1, length + 1);
  }
  BitWriter& se(std::int32_t value) { return ue(static_cast<std::uint32_t>(value > 0 ? 2 * value - 1 : -2 * value)); }
  [[nodiscard]] Bytes done() { return bits(0x80, 8).out_; }

 private:
  Bytes out_;
  std::size_t used_ = 0;
};

struct Golden {
  const char* what;
  const char* hex;
  Size size;
};
// Written by x264.
constexpr Golden kGolden[] = {
    {"constrained baseline", "6742c01fdc05005bb0110000030001000003003c0f183380", {1280, 720}},
    {"high, cropped", "67641028acb80f0044fcb80880000003008000001e02", {1920, 1080}},
    {"main, cropped both ways", "674d401edc0a42fe224c0440000003004000000f03c58be0", {642, 362}},
    {"4:2:2", "677a101ebcb81485fc44f80880000003008000001e02", {642, 362}},
    {"4:4:4", "67f4101e91970280bfe7c044000003000400000300f010", {640, 362}},
    {"interlaced", "67641028acf01e0113f78088000003000800000301e0a0", {1920, 1080}},
};

TEST(H264Sps, ReadsTheSizeOfX264sStreams) {
  for (const Golden& golden : kGolden) EXPECT_EQ(parse_sps_size(from_hex(golden.hex)), golden.size) << golden.what;
}

TEST(H264Sps, TruncatedItIsNothingOrTheSameSize) {
  for (const Golden& golden : kGolden) {
    const Bytes whole = from_hex(golden.hex);
    EXPECT_EQ(parse_sps_size(ByteView(whole).first(6)), std::nullopt) << golden.what;
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const auto size = parse_sps_size(ByteView(whole).first(n));
      if (size) {
        EXPECT_EQ(*size, golden.size) << golden.what << " " << n;
      }
    }
  }
}

TEST(H264Sps, SkipsScalingListsAndPictureOrderCycles) {
  BitWriter sps;
  sps.bits(0x67, 8).bits(100, 8).bits(0, 8).bits(31, 8).ue(0);
  sps.ue(1).ue(0).ue(0).bits(0, 1).bits(1, 1);  // 4:2:0, 8 bits, lists follow
  sps.bits(1, 1);                               // list 0: sixteen deltas
  for (int i = 0; i < 16; ++i) sps.se(i % 2 ? 3 : -2);
  sps.bits(1, 1).se(-8);  // list 1: "use the default"
  sps.bits(0, 6);
  sps.ue(0).ue(1).bits(0, 1).se(-1).se(2).ue(2).se(5).se(-5);  // frame_num, order type 1 with two offsets
  sps.ue(1).bits(0, 1).ue(19).ue(14).bits(1, 1).bits(1, 1).bits(0, 1).bits(0, 1);
  EXPECT_EQ(parse_sps_size(sps.done()), (Size{320, 240}));
}

BitWriter baseline(std::uint32_t columns, std::uint32_t rows) {
  BitWriter sps;
  sps.bits(0x67, 8).bits(66, 8).bits(0, 8).bits(31, 8).ue(0).ue(0).ue(2).ue(1).bits(0, 1);
  sps.ue(columns - 1).ue(rows - 1).bits(1, 1).bits(1, 1);
  return sps;
}

TEST(H264Sps, RefusesAbsurdSizes) {
  EXPECT_EQ(parse_sps_size(baseline(1024, 1).bits(0, 2).done()), (Size{16384, 16}));
  EXPECT_EQ(parse_sps_size(baseline(1025, 1).bits(0, 2).done()), std::nullopt);
  EXPECT_EQ(parse_sps_size(baseline(1, 0x7fffffff).bits(0, 2).done()), std::nullopt);
  // A crop that leaves nothing.
  EXPECT_EQ(parse_sps_size(baseline(1, 1).bits(1, 1).ue(4).ue(4).ue(0).ue(0).bits(0, 1).done()), std::nullopt);
}

TEST(H264Sps, OtherNalUnitsAreNotParameterSets) {
  Bytes slice = from_hex(kGolden[0].hex);
  slice[0] = 0x65;
  EXPECT_EQ(parse_sps_size(slice), std::nullopt);
  EXPECT_EQ(parse_sps_size({}), std::nullopt);
}

TEST(H264Sps, IsFoundAmongOtherUnits) {
  const Bytes unit = from_hex(
      "0000000109f0"
      "000000016742aabb"
      "00000168cc"
      "0000016588");
  const ByteView sps = find_sps(unit);
  ASSERT_GE(sps.size(), 4U);
  EXPECT_EQ(sps[0], 0x67);
  EXPECT_EQ(sps[3], 0xbb);
  EXPECT_TRUE(find_sps(from_hex("000000016588")).empty());
  EXPECT_EQ(find_sps(from_hex("0000000167")).size(), 1U);
  EXPECT_TRUE(find_sps({}).empty());
}

}  // namespace
}  // namespace perch::video
