// See pattern_painter.hpp.
#include "hal/video/pattern_painter.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace perch::video {
namespace {

struct Yuv {
  std::uint8_t y, u, v;
};
// White, yellow, cyan, green, magenta, red, blue and black at 75 % (SMPTE EG 1), BT.601 limited range.
constexpr std::array<Yuv, 8> kBars{{{180, 128, 128},
                                    {162, 44, 142},
                                    {131, 156, 44},
                                    {112, 72, 58},
                                    {84, 184, 198},
                                    {65, 100, 212},
                                    {35, 212, 114},
                                    {16, 128, 128}}};
constexpr Yuv kDisc{200, 80, 190};
constexpr std::uint8_t kWhite = 235;  // BT.601 limited range
constexpr int kPixelsPerFrame = 8;

constexpr int even(int n) { return n & ~1; }

// Position on a track of `length` that is walked to and fro.
int bounce(std::uint32_t step, int length) {
  if (length <= 0) return 0;
  const auto period = 2 * static_cast<std::uint32_t>(length);
  const auto at = static_cast<int>(step % period);
  return at < length ? at : 2 * length - at;
}

std::uint8_t* at(std::uint8_t* plane, int stride, int x, int y) {
  return plane + static_cast<std::ptrdiff_t>(y) * stride + x;
}

}  // namespace

PatternPainter::PatternPainter(Size size)
    : size_(size),
      bars_height_(even(size.height * 3 / 4)),
      disc_(std::max(8, even(std::min(size.height / 5, size.width / 2)))) {
  const auto width = static_cast<std::size_t>(size.width), luma = width * static_cast<std::size_t>(size.height);
  picture_.assign(luma * 3 / 2, 128);
  bars_y_.resize(width);
  bars_u_.resize(width / 2);
  bars_v_.resize(width / 2);
  for (std::size_t x = 0; x < width; ++x) {
    const Yuv bar = kBars[x * kBars.size() / width];
    bars_y_[x] = bar.y;
    bars_u_[x / 2] = bar.u;
    bars_v_[x / 2] = bar.v;
  }
  ramp_.resize(2 * width);
  for (std::size_t x = 0; x < ramp_.size(); ++x) ramp_[x] = static_cast<std::uint8_t>(16 + 219 * (x % width) / width);
  draw_bars();
}

I420View PatternPainter::view() {
  const std::size_t luma = static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height);
  std::uint8_t* y = picture_.data();
  return {y, y + luma, y + luma * 5 / 4, size_.width, size_.width / 2, size_};
}

void PatternPainter::draw_bars() {
  const I420View to = view();
  for (int y = 0; y < bars_height_; ++y) std::ranges::copy(bars_y_, at(to.y, to.y_stride, 0, y));
  for (int y = 0; y < bars_height_ / 2; ++y) {
    std::ranges::copy(bars_u_, at(to.u, to.uv_stride, 0, y));
    std::ranges::copy(bars_v_, at(to.v, to.uv_stride, 0, y));
  }
}

void PatternPainter::restore_bars(Point top_left) {
  const I420View to = view();
  const auto copy = [&](const Bytes& row, std::uint8_t* plane, int stride, int x, int y, int side) {
    for (int i = 0; i < side; ++i) std::copy_n(row.begin() + x, side, at(plane, stride, x, y + i));
  };
  copy(bars_y_, to.y, to.y_stride, top_left.x, top_left.y, disc_);
  copy(bars_u_, to.u, to.uv_stride, top_left.x / 2, top_left.y / 2, disc_ / 2);
  copy(bars_v_, to.v, to.uv_stride, top_left.x / 2, top_left.y / 2, disc_ / 2);
}

void PatternPainter::draw_disc(Point top_left) {
  const I420View to = view();
  const auto fill = [](std::uint8_t* plane, int stride, int x, int y, int side, std::uint8_t value) {
    for (int i = 0, inset = 0; i < side; ++i) {
      // Walk the edge: (2·inset+1, 2·i+1) lies on the circle of diameter 2·side around (side, side).
      const auto outside = [&](int n) {
        const int dx = 2 * n + 1 - side, dy = 2 * i + 1 - side;
        return dx * dx + dy * dy > side * side;
      };
      while (inset > 0 && !outside(inset - 1)) --inset;
      while (inset < side / 2 && outside(inset)) ++inset;
      std::fill_n(at(plane, stride, x + inset, y + i), side - 2 * inset, value);
    }
  };
  fill(to.y, to.y_stride, top_left.x, top_left.y, disc_, kDisc.y);
  fill(to.u, to.uv_stride, top_left.x / 2, top_left.y / 2, disc_ / 2, kDisc.u);
  fill(to.v, to.uv_stride, top_left.x / 2, top_left.y / 2, disc_ / 2, kDisc.v);
}

// Over the black bar: only brightness has to change.
void PatternPainter::draw_flash(bool on) {
  const I420View to = view();
  const int from = size_.width * 7 / 8;
  for (int y = 0; y < bars_height_ / 3; ++y) {
    std::uint8_t* row = at(to.y, to.y_stride, from, y);
    if (on) {
      std::fill_n(row, size_.width - from, kWhite);
    } else {
      std::copy(bars_y_.begin() + from, bars_y_.end(), row);
    }
  }
}

void PatternPainter::scroll_ramp(std::uint32_t number) {
  const I420View to = view();
  const auto width = static_cast<std::uint32_t>(size_.width);
  const auto from = ramp_.begin() + static_cast<std::ptrdiff_t>(number % width * (kPixelsPerFrame / 2) % width);
  for (int y = bars_height_; y < size_.height; ++y) std::copy_n(from, size_.width, at(to.y, to.y_stride, 0, y));
}

PatternPainter::Point PatternPainter::disc_at(std::uint32_t number) const {
  const std::uint32_t step = number % (1u << 24) * kPixelsPerFrame;
  return {even(bounce(step, size_.width - disc_)), even(bounce(step / 2, bars_height_ - disc_))};
}

void PatternPainter::paint(std::uint32_t number, std::uint32_t captured_ms, bool flash) {
  restore_bars(last_disc_);
  draw_flash(false);
  last_disc_ = disc_at(number);
  draw_disc(last_disc_);
  if (flash) draw_flash(true);
  scroll_ramp(number);
  // The code comes last: nothing may cover it. What it covered of the bars is covered again by the next one.
  draw_barcode({captured_ms, static_cast<std::uint16_t>(number)}, view());
}

}  // namespace perch::video
