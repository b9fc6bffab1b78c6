#include "media/rtp/annexb.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "hal/base/random.hpp"

namespace perch::rtp {
namespace {

std::vector<Bytes> all(const Bytes& stream) {
  AnnexBReader reader(stream);
  std::vector<Bytes> nals;
  while (const auto nal = reader.next()) nals.emplace_back(nal->begin(), nal->end());
  return nals;
}

TEST(AnnexBReader, SplitsAtThreeAndFourByteStartCodes) {
  EXPECT_EQ(all({0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 1, 0x65, 3}),
            (std::vector<Bytes>{{0x67, 1}, {0x68, 2}, {0x65, 3}}));
}

TEST(AnnexBReader, DropsGarbageInFrontTrailingZerosAndEmptyUnits) {
  EXPECT_EQ(all({9, 9, 0, 0, 1, 0x67, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0x65, 4, 0, 0}),
            (std::vector<Bytes>{{0x67}, {0x65, 4}}));
}

TEST(AnnexBReader, FindsNothingWithoutAStartCode) {
  EXPECT_TRUE(all({}).empty());
  EXPECT_TRUE(all({0, 0}).empty());
  EXPECT_TRUE(all({0, 0, 1}).empty());
  EXPECT_TRUE(all({0x67, 1, 2, 3, 0, 0, 2, 1}).empty());
}

TEST(AnnexBReader, KeepsZerosInsideAUnit) {
  EXPECT_EQ(all({0, 0, 1, 0x65, 0, 0, 3, 1, 0, 1, 7}), (std::vector<Bytes>{{0x65, 0, 0, 3, 1, 0, 1, 7}}));
}

TEST(AnnexBReader, AgreesWithASearchByteByByte) {
  SeededRandom random(7);
  for (int round = 0; round < 2000; ++round) {
    Bytes stream(round % 40);
    for (auto& byte : stream) byte = static_cast<std::uint8_t>(random.u32() % 3);
    std::size_t expected = stream.size();
    for (std::size_t i = 0; i + 3 <= stream.size() && expected == stream.size(); ++i) {
      if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) expected = i;
    }
    ASSERT_EQ(find_start_code(stream), expected) << "round " << round;
  }
}

}  // namespace
}  // namespace perch::rtp
