#include "hal/video/barcode.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "hal/base/bytes.hpp"

namespace perch::video {
namespace {

// A grey I420 picture with room at the end of each row.
struct Picture {
  explicit Picture(Size wanted)
      : size(wanted),
        stride(wanted.width + 6),
        bytes(static_cast<std::size_t>(stride) * static_cast<std::size_t>(wanted.height) * 2, 100) {}
  I420View view() {
    std::uint8_t* y = bytes.data();
    std::uint8_t* u = y + stride * size.height;
    return {y, u, u + stride / 2 * size.height / 2, stride, stride / 2, size};
  }
  std::uint8_t luma(int x, int y) const {
    return bytes[static_cast<std::size_t>(y) * static_cast<std::size_t>(stride) + static_cast<std::size_t>(x)];
  }

  Size size;
  int stride;
  Bytes bytes;
};

TEST(Barcode, CellsAreAtLeast8PixelsAndEven) {
  EXPECT_EQ(barcode_cell_side(320), 8);
  EXPECT_EQ(barcode_cell_side(1280), 20);
  EXPECT_EQ(barcode_cell_side(1366), 20);  // 21 rounded down
  EXPECT_EQ(barcode_cell_side(1920), 30);
}

TEST(Barcode, DrawsTheDocumentedLayout) {
  Picture picture({1280, 720});
  draw_barcode({0x80000001, 0x0003}, picture.view());
  EXPECT_EQ(picture.luma(0, 0), 235);         // bit 31 of the time is at the left
  EXPECT_EQ(picture.luma(19, 19), 235);       // up to the cell's last pixel
  EXPECT_EQ(picture.luma(20, 0), 16);         // bit 30
  EXPECT_EQ(picture.luma(639, 0), 235);       // bit 0
  EXPECT_EQ(picture.luma(640, 0), 100);       // beyond the code
  EXPECT_EQ(picture.luma(14 * 20, 20), 235);  // frame number: bits 1 and 0
  EXPECT_EQ(picture.luma(15 * 20, 20), 235);
  EXPECT_EQ(picture.luma(13 * 20, 20), 16);

  std::uint32_t check = 0;
  for (int cell = 16; cell < 32; ++cell) check = check << 1 | (picture.luma(cell * 20, 20) == 235 ? 1u : 0u);
  EXPECT_EQ(check, (3u * 40503u + 1u * 30011u + 0x5a5au) & 0xffffu);
  const I420View view = picture.view();
  EXPECT_EQ(view.u[0], 128);
  EXPECT_EQ(view.v[view.uv_stride * 19 + 319], 128);
  EXPECT_EQ(view.u[320], 100);
  EXPECT_EQ(view.u[view.uv_stride * 20], 100);
}

TEST(Barcode, RoundTripsAtAnySizeThatFits) {
  for (const Size size : {Size{256, 16}, Size{320, 180}, Size{640, 360}, Size{1366, 768}, Size{1920, 1080}}) {
    Picture picture(size);
    for (const Barcode code : {Barcode{0, 0}, Barcode{0xffffffff, 0xffff}, Barcode{0x12345678, 0x9abc}}) {
      draw_barcode(code, picture.view());
      EXPECT_EQ(read_barcode(picture.view().y, picture.stride, size), code) << size.width;
    }
  }
}

TEST(Barcode, LeavesSmallPicturesAlone) {
  for (const Size size : {Size{254, 100}, Size{256, 14}}) {
    Picture picture(size);
    const Bytes before = picture.bytes;
    draw_barcode({1, 2}, picture.view());
    EXPECT_EQ(picture.bytes, before);
    EXPECT_EQ(read_barcode(picture.view().y, picture.stride, size), std::nullopt);
  }
}

TEST(Barcode, NotReadFromAPlainPictureOrWithAnyBitFlipped) {
  Picture picture({320, 180});
  EXPECT_EQ(read_barcode(picture.view().y, picture.stride, picture.size), std::nullopt);
  draw_barcode({0x01020304, 77}, picture.view());
  // The upper half of the time is not covered by the check; all the rest is.
  for (int cell = 16; cell < 64; ++cell) {
    std::uint8_t& centre =
        picture.view().y[static_cast<std::ptrdiff_t>(cell / 32 * 8 + 4) * picture.stride + cell % 32 * 8 + 4];
    const std::uint8_t drawn = centre;
    centre = static_cast<std::uint8_t>(251 - drawn);
    EXPECT_EQ(read_barcode(picture.view().y, picture.stride, picture.size), std::nullopt) << "cell " << cell;
    centre = drawn;
  }
}

TEST(Barcode, SurvivesTheNoiseOfACodec) {
  Picture picture({640, 360});
  draw_barcode({0xcafe1234, 4711}, picture.view());
  unsigned random = 1;
  for (std::uint8_t& byte : picture.bytes) {
    random = random * 1103515245 + 12345;
    byte = static_cast<std::uint8_t>(std::clamp(byte + static_cast<int>(random >> 16 & 127) - 64, 0, 255));
  }
  EXPECT_EQ(read_barcode(picture.view().y, picture.stride, picture.size), (Barcode{0xcafe1234, 4711}));
}

}  // namespace
}  // namespace perch::video
