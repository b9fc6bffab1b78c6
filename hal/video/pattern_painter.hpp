// The moving test picture: what it looks like, drawn cheaply enough for 1280x720 at 30 frames/s on a small board.
#pragma once

#include <cstdint>

#include "hal/base/bytes.hpp"
#include "hal/video/barcode.hpp"

namespace perch::video {

/// Colour bars at rest, a scrolling grey ramp below and a bouncing disc: an encoder has something to do, a person sees
/// stutter and tearing at once. The same number always gives the same picture, but for bar code and flash. Draws only
/// what changed.
class PatternPainter {
 public:
  /// `size` is even in both directions and at least 16x16.
  explicit PatternPainter(Size size);
  /// Paints frame `number`; `captured_ms` goes into the bar code. `flash`: the upper right corner is white, to be
  /// compared with a sound made at the same moment.
  void paint(std::uint32_t number, std::uint32_t captured_ms, bool flash = false);
  /// The picture, I420, planes one after the other without gaps.
  [[nodiscard]] ByteView picture() const { return picture_; }

 private:
  struct Point {
    int x = 0, y = 0;
  };
  [[nodiscard]] I420View view();
  void draw_bars();
  void restore_bars(Point top_left);
  void draw_disc(Point top_left);
  void draw_flash(bool on);
  void scroll_ramp(std::uint32_t number);
  [[nodiscard]] Point disc_at(std::uint32_t number) const;

  Size size_;
  int bars_height_;  ///< [rows], even; the ramp has the rest
  int disc_;         ///< diameter [pixels], even
  Bytes picture_;
  Bytes bars_y_, bars_u_, bars_v_;  ///< one row of each plane: all rows of the bars are alike
  Bytes ramp_;                      ///< one row of luma, twice as long as the picture is wide
  Point last_disc_;
};

}  // namespace perch::video
