#include "hal/video/access_unit_index.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace perch::video {
namespace {

constexpr std::uint8_t kFirst = 0x88, kLater = 0x44;  // slice headers: first_mb_in_slice is zero, or not
constexpr std::uint8_t kDelimiter = 0x09, kSps = 0x67, kPps = 0x68, kSei = 0x06, kIdr = 0x65, kSlice = 0x41;

// A NAL unit of 4 bytes after a start code of `zeros` zeros and a one.
Bytes nal(std::uint8_t header, std::uint8_t second = 0x11, unsigned zeros = 3) {
  Bytes out(zeros, 0);
  for (const std::uint8_t byte : {std::uint8_t{1}, header, second, std::uint8_t{0xaa}, std::uint8_t{0xbb}})
    out.push_back(byte);
  return out;
}

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::vector<AccessUnitExtent> index(ByteView stream, std::size_t piece) {
  AccessUnitIndex units;
  for (std::size_t at = 0; at < stream.size(); at += piece)
    units.push(stream.subspan(at, std::min(piece, stream.size() - at)));
  return units.finish();
}

const Bytes kStream =
    join({nal(kDelimiter), nal(kSps), nal(kPps), nal(kSei), nal(kIdr, kFirst), nal(kIdr, kLater, 2),  // 47
          nal(kDelimiter), nal(kSlice, kFirst, 2), nal(kSlice, kLater, 2),                            // 22
          nal(kSlice, kFirst)});                                                                      // 8
const std::vector<AccessUnitExtent> kUnits = {{0, 47, true}, {47, 22, false}, {69, 8, false}};

TEST(AccessUnitIndex, SplitsAtDelimitersAndFirstSlices) { EXPECT_EQ(index(kStream, kStream.size()), kUnits); }

TEST(AccessUnitIndex, SizeOfThePiecesDoesNotMatter) {
  for (std::size_t piece = 1; piece < kStream.size(); ++piece) EXPECT_EQ(index(kStream, piece), kUnits) << piece;
}

TEST(AccessUnitIndex, ParameterSetsBeginTheNextUnitNotEndTheLast) {
  const Bytes stream = join({nal(kSlice, kFirst), nal(kSps), nal(kPps), nal(kIdr, kFirst)});
  EXPECT_EQ(index(stream, 3), (std::vector<AccessUnitExtent>{{0, 8, false}, {8, 24, true}}));
}

TEST(AccessUnitIndex, UnitsCoverTheStreamWithoutGaps) {
  std::uint64_t at = 0;
  for (const AccessUnitExtent& unit : index(kStream, 5)) {
    EXPECT_EQ(unit.offset, at);
    at += unit.size;
  }
  EXPECT_EQ(at, kStream.size());
}

TEST(AccessUnitIndex, TruncatedAnywhereItKeepsWhatCameBefore) {
  for (std::size_t n = 0; n < kStream.size(); ++n) {
    const auto units = index(ByteView(kStream).first(n), 7);
    ASSERT_LE(units.size(), kUnits.size());
    for (std::size_t i = 0; i + 1 < units.size(); ++i) EXPECT_EQ(units[i], kUnits[i]) << n;
    if (!units.empty()) {
      EXPECT_LE(units.back().offset + units.back().size, n);
    }
  }
}

TEST(AccessUnitIndex, NothingInAStreamWithoutPictures) {
  EXPECT_TRUE(index({}, 1).empty());
  EXPECT_TRUE(index(Bytes(1000, 0), 10).empty());
  EXPECT_TRUE(index(Bytes(1000, 0xff), 10).empty());
  EXPECT_TRUE(index(join({nal(kSps), nal(kPps), nal(kSei)}), 10).empty());
}

TEST(AccessUnitIndex, ExtraZerosBelongToTheUnitBefore) {  // trailing_zero_8bits, H.264 §B.1
  const Bytes stream = join({nal(kIdr, kFirst), nal(kSlice, kFirst, 9)});
  EXPECT_EQ(index(stream, 4), (std::vector<AccessUnitExtent>{{0, 14, true}, {14, 8, false}}));
}

}  // namespace
}  // namespace perch::video
