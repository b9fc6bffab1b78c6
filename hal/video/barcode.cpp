// See barcode.hpp; the viewer page reads the same layout.
#include "hal/video/barcode.hpp"

#include <algorithm>
#include <cstddef>

namespace perch::video {
namespace {

constexpr int kCells = 32, kRows = 2;
constexpr std::uint8_t kWhite = 235, kBlack = 16;  // BT.601 §2.5.3 limits of luma
constexpr std::uint8_t kNeutral = 128, kThreshold = 128;

// Any odd multipliers do; the constant keeps an all-black or all-white area from passing for a code.
std::uint16_t check_of(const Barcode& code) {
  const std::uint32_t ms_low = code.captured_ms & 0xffff;
  return static_cast<std::uint16_t>(code.frame_number * 40503u + ms_low * 30011u + 0x5a5au);
}

void fill(std::uint8_t* plane, int stride, int x, int y, int width, int height, std::uint8_t value) {
  for (int row = y; row < y + height; ++row) {
    std::fill_n(plane + static_cast<std::ptrdiff_t>(row) * stride + x, width, value);
  }
}

void draw_row(std::uint32_t bits, int row, int side, const I420View& picture) {
  for (int cell = 0; cell < kCells; ++cell) {
    const bool white = bits >> (kCells - 1 - cell) & 1;
    fill(picture.y, picture.y_stride, cell * side, row * side, side, side, white ? kWhite : kBlack);
  }
}

std::uint32_t read_row(const std::uint8_t* y, int stride, int row, int side) {
  const std::uint8_t* line = y + static_cast<std::ptrdiff_t>(row * side + side / 2) * stride;
  std::uint32_t bits = 0;
  for (int cell = 0; cell < kCells; ++cell) bits = bits << 1 | (line[cell * side + side / 2] >= kThreshold ? 1u : 0u);
  return bits;
}

}  // namespace

int barcode_cell_side(int width) { return std::max(8, width / 64) & ~1; }

bool barcode_fits(Size size) {
  const int side = barcode_cell_side(size.width);
  return size.width >= kCells * side && size.height >= kRows * side;
}

void draw_barcode(const Barcode& code, const I420View& picture) {
  if (!barcode_fits(picture.size)) return;
  const int side = barcode_cell_side(picture.size.width);
  draw_row(code.captured_ms, 0, side, picture);
  draw_row(static_cast<std::uint32_t>(code.frame_number) << 16 | check_of(code), 1, side, picture);
  for (std::uint8_t* chroma : {picture.u, picture.v}) {
    fill(chroma, picture.uv_stride, 0, 0, kCells * side / 2, kRows * side / 2, kNeutral);
  }
}

std::optional<Barcode> read_barcode(const std::uint8_t* y, int y_stride, Size size) {
  if (!barcode_fits(size)) return std::nullopt;
  const int side = barcode_cell_side(size.width);
  const std::uint32_t second = read_row(y, y_stride, 1, side);
  const Barcode code{read_row(y, y_stride, 0, side), static_cast<std::uint16_t>(second >> 16)};
  if (check_of(code) != static_cast<std::uint16_t>(second)) return std::nullopt;
  return code;
}

}  // namespace perch::video
