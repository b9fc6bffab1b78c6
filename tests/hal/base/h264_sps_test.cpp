#include "hal/base/h264_sps.hpp"

#include <gtest/gtest.h>

#include <string_view>

#include "hal/base/bit_reader.hpp"
#include "hal/base/random.hpp"

namespace perch {
namespace {

/// Writes SPS fields bit by bit, emulation prevention included.
class SpsWriter {
 public:
  void bits(std::uint32_t value, int count) {
    for (int i = count - 1; i >= 0; --i) bit((value >> i & 1u) != 0);
  }
  void golomb(std::uint32_t value) {
    int length = 0;
    while ((std::uint64_t{value} + 1) >> (length + 1) != 0) ++length;
    bits(0, length);
    bits(value + 1, length + 1);
  }
  Bytes finish() {
    bit(true);  // rbsp_stop_one_bit
    while (count_ != 0) bit(false);
    Bytes nal{0x67};
    int zeros = 0;
    for (const std::uint8_t byte : bytes_) {
      if (zeros >= 2 && byte <= 3) {
        nal.push_back(3);
        zeros = 0;
      }
      nal.push_back(byte);
      zeros = byte == 0 ? zeros + 1 : 0;
    }
    return nal;
  }

 private:
  void bit(bool value) {
    if (count_ == 0) bytes_.push_back(0);
    bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | (value ? 0x80 >> count_ : 0));
    count_ = (count_ + 1) % 8;
  }
  Bytes bytes_;
  int count_ = 0;
};

struct Shape {
  std::uint8_t profile = 66;
  std::uint32_t chroma = 1;
  std::uint32_t width_mbs = 120;
  std::uint32_t height_units = 68;
  bool frame_mbs_only = true;
  bool cropping = false;
  std::uint32_t crop_bottom = 0;
  std::uint32_t crop_right = 0;
  bool scaling_lists = false;
};

Bytes sps_of(const Shape& s) {
  SpsWriter w;
  w.bits(s.profile, 8);
  w.bits(0xC0, 8);
  w.bits(40, 8);
  w.golomb(0);
  if (s.profile == 100) {
    w.golomb(s.chroma);
    if (s.chroma == 3) w.bits(0, 1);
    w.golomb(0);
    w.golomb(0);
    w.bits(0, 1);
    w.bits(s.scaling_lists, 1);
    if (s.scaling_lists) {
      w.bits(1, 1);
      for (int i = 0; i < 16; ++i) w.golomb(1);  // se(+1) each
      w.bits(1, 1);
      w.golomb(16);  // se(-8): next scale 0, list ends at once
      w.bits(0, 6);
    }
  }
  w.golomb(0);
  w.golomb(0);  // pic_order_cnt_type
  w.golomb(4);
  w.golomb(1);
  w.bits(0, 1);
  w.golomb(s.width_mbs - 1);
  w.golomb(s.height_units - 1);
  w.bits(s.frame_mbs_only, 1);
  if (!s.frame_mbs_only) w.bits(0, 1);
  w.bits(1, 1);
  w.bits(s.cropping, 1);
  if (s.cropping) {
    w.golomb(0);
    w.golomb(s.crop_right);
    w.golomb(0);
    w.golomb(s.crop_bottom);
  }
  w.bits(0, 1);
  return w.finish();
}

Bytes from_hex(std::string_view hex) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

struct Golden {
  const char* what;
  const char* hex;
  const char* profile_level_id;
  Size size;
};
// Written by x264.
constexpr Golden kGolden[] = {
    {"constrained baseline", "6742c01fdc05005bb0110000030001000003003c0f183380", "42c01f", {1280, 720}},
    {"high, cropped", "67641028acb80f0044fcb80880000003008000001e02", "641028", {1920, 1080}},
    {"main, cropped both ways", "674d401edc0a42fe224c0440000003004000000f03c58be0", "4d401e", {642, 362}},
    {"4:2:2", "677a101ebcb81485fc44f80880000003008000001e02", "7a101e", {642, 362}},
    {"4:4:4", "67f4101e91970280bfe7c044000003000400000300f010", "f4101e", {640, 362}},
    {"interlaced", "67641028acf01e0113f78088000003000800000301e0a0", "641028", {1920, 1080}},
};

TEST(Sps, ReadsWhatX264WritesInEveryProfile) {
  for (const Golden& golden : kGolden) {
    const auto sps = parse_sps(from_hex(golden.hex));
    ASSERT_TRUE(sps) << golden.what;
    EXPECT_EQ(sps->size, golden.size) << golden.what;
    EXPECT_EQ(sps->profile_level_id(), golden.profile_level_id) << golden.what;
  }
}

TEST(Sps, TruncatedItIsNothingOrTheSameSize) {
  for (const Golden& golden : kGolden) {
    const Bytes whole = from_hex(golden.hex);
    EXPECT_FALSE(parse_sps(ByteView(whole).first(6))) << golden.what;
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const auto sps = parse_sps(ByteView(whole).first(n));
      if (sps) {
        EXPECT_EQ(sps->size, golden.size) << golden.what << " " << n;
      }
    }
  }
}

TEST(Sps, IsFoundAmongOtherUnits) {
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

// x264, constrained baseline 3.1, 1280x720.
const Bytes kSps720p = from_hex(
    "6742c01fd9005005bb01100000030010000003"
    "03c0f1832480");

TEST(Sps, ReadsWhatX264Writes) {
  const auto sps = parse_sps(kSps720p);
  ASSERT_TRUE(sps) << sps.error().message();
  EXPECT_EQ(sps->profile_level_id(), "42c01f");
  EXPECT_EQ(sps->size, (Size{1280, 720}));
}

TEST(Sps, AppliesCropping) {
  EXPECT_EQ(parse_sps(sps_of({}))->size, (Size{1920, 1088}));
  EXPECT_EQ(parse_sps(sps_of({.cropping = true, .crop_bottom = 4}))->size, (Size{1920, 1080}));
  EXPECT_EQ(parse_sps(sps_of({.height_units = 34, .frame_mbs_only = false, .cropping = true, .crop_bottom = 2}))->size,
            (Size{1920, 1080}));
  EXPECT_EQ(parse_sps(sps_of({.profile = 100, .chroma = 3, .cropping = true, .crop_bottom = 8, .crop_right = 1}))->size,
            (Size{1919, 1080}));
}

TEST(Sps, StepsOverScalingLists) {
  EXPECT_EQ(parse_sps(sps_of({.profile = 100, .scaling_lists = true}))->size, (Size{1920, 1088}));
}

TEST(Sps, StepsOverPictureOrderCycles) {
  SpsWriter w;
  w.bits(66, 8);
  w.bits(0, 8);
  w.bits(31, 8);
  for (const std::uint32_t value : {0u, 0u, 1u}) w.golomb(value);  // id, frame_num, pic_order_cnt_type 1
  w.bits(0, 1);
  for (const std::uint32_t value : {2u, 3u, 2u, 9u, 10u, 1u}) w.golomb(value);  // offsets, two in the cycle, references
  w.bits(0, 1);
  w.golomb(19);
  w.golomb(14);
  w.bits(0b1100, 4);
  EXPECT_EQ(parse_sps(w.finish())->size, (Size{320, 240}));
}

TEST(Sps, RefusesImpossibleSizes) {
  EXPECT_FALSE(parse_sps(sps_of({.width_mbs = 1025})));
  EXPECT_FALSE(parse_sps(sps_of({.height_units = 60000})));
  EXPECT_FALSE(parse_sps(sps_of({.cropping = true, .crop_right = 960})));
  EXPECT_FALSE(parse_sps(sps_of({.cropping = true, .crop_right = 0xFFFFFFFE})));
}

TEST(Sps, RefusesOtherNalUnits) {
  EXPECT_FALSE(parse_sps({}));
  EXPECT_FALSE(parse_sps(from_hex("68cb83cb20")));
}

TEST(Sps, RefusesTruncationBeforeTheEndOfTheSize) {
  // The size and the cropping flag end in the ninth byte; what follows is VUI, which nobody reads here.
  for (std::size_t size = 0; size < 9; ++size) EXPECT_FALSE(parse_sps(ByteView(kSps720p).first(size))) << size;
  EXPECT_TRUE(parse_sps(ByteView(kSps720p).first(9)));
}

TEST(Sps, SurvivesAnyBytes) {
  SeededRandom random(11);
  for (int round = 0; round < 5000; ++round) {
    Bytes nal(1 + random.u32() % 60);
    random.fill(nal);
    nal[0] = 0x67;
    if (const auto sps = parse_sps(nal)) {
      EXPECT_GT(sps->size.width, 0);
      EXPECT_LE(sps->size.width, 16384);
      EXPECT_LE(sps->size.height, 16384);
    }
  }
}

TEST(BitReader, ReadsGolombCodes) {
  // 1 | 010 | 011 | 00100 | 00101: ue 0 1 2 3 4
  const Bytes bits{0b10100110, 0b01000010, 0b10000000};
  BitReader unsigned_reader(bits);
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ(unsigned_reader.unsigned_golomb(), i);
  BitReader signed_reader(bits);
  for (const int expected : {0, 1, -1, 2, -2}) EXPECT_EQ(signed_reader.signed_golomb(), expected);
}

TEST(BitReader, RefusesEndlessGolombCodesAndReadsPastTheEnd) {
  const Bytes zeros(4, 0);
  BitReader endless(zeros);
  (void)endless.unsigned_golomb();
  EXPECT_FALSE(endless.ok());
  const Bytes one{0xFF};
  BitReader reader(one);
  EXPECT_EQ(reader.bits(8), 0xFFu);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.bits(1), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(BitReader, SkipsEmulationPreventionBytes) {
  const Bytes bytes{0, 0, 3, 1};
  BitReader reader(bytes);
  EXPECT_EQ(reader.bits(24), 1u);
  EXPECT_TRUE(reader.ok());
}

}  // namespace
}  // namespace perch
