// The bar code burnt into test pictures: capture time and frame number, readable after encoding and decoding.
//
// Two rows of 32 square cells from the top-left corner, most significant bit on the left, white is 1.
//   row 0: capture time, low 32 bits of the milliseconds of CLOCK_REALTIME
//   row 1: frame number (16 bits), then a check over both (16 bits)
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/units.hpp"

namespace perch::video {

struct Barcode {
  std::uint32_t captured_ms = 0;   ///< CLOCK_REALTIME [ms], modulo 2^32 (wraps every 49.7 days)
  std::uint16_t frame_number = 0;  ///< modulo 2^16
  bool operator==(const Barcode&) const = default;
};

/// Side of a cell [pixels], even, so that cells and 4:2:0 chroma share their edges.
[[nodiscard]] int barcode_cell_side(int width);
/// Pictures narrower than 32 cells or lower than 2 carry no code.
[[nodiscard]] bool barcode_fits(Size size);

/// A writable I420 picture, borrowed for the call.
struct I420View {
  std::uint8_t* y = nullptr;
  std::uint8_t* u = nullptr;
  std::uint8_t* v = nullptr;
  int y_stride = 0;   ///< [bytes]
  int uv_stride = 0;  ///< [bytes]
  Size size;
};

/// Draws the code over the picture; does nothing where it does not fit.
void draw_barcode(const Barcode& code, const I420View& picture);
/// Reads cells at their centre, luma of 128 and above as white. Nothing when the check does not match.
[[nodiscard]] std::optional<Barcode> read_barcode(const std::uint8_t* y, int y_stride, Size size);

}  // namespace perch::video
