#include "hal/video/pattern_painter.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace perch::video {
namespace {

Bytes copy_of(ByteView view) { return {view.begin(), view.end()}; }

TEST(PatternPainter, NumberAloneDecidesThePicture) {
  PatternPainter steady({640, 360}), jumping({640, 360});
  for (std::uint32_t n = 0; n <= 50; ++n) steady.paint(n, 1000 + n);
  jumping.paint(1234, 7);
  jumping.paint(50, 1050);
  EXPECT_EQ(copy_of(steady.picture()), copy_of(jumping.picture()));
}

TEST(PatternPainter, EveryFrameDiffersBeyondItsBarcode) {
  PatternPainter painter({640, 360});
  painter.paint(0, 0);
  for (std::uint32_t n = 1; n <= 300; ++n) {
    const Bytes before = copy_of(painter.picture());
    painter.paint(n, 0);
    const auto below_code = 640 * 20;
    EXPECT_FALSE(std::ranges::equal(ByteView(before).subspan(below_code), painter.picture().subspan(below_code))) << n;
  }
}

TEST(PatternPainter, FlashLightsTheCornerAndLeavesNoTrace) {
  PatternPainter with({640, 360}), without({640, 360});
  const auto corner = [](const PatternPainter& painter) { return painter.picture()[640 * 60 + 620]; };
  for (std::uint32_t n = 0; n < 400; ++n) {
    const bool on = n % 2 == 1;
    with.paint(n, 7, on);
    without.paint(n, 7);
    ASSERT_EQ(on ? corner(with) : 235, 235) << n;
    ASSERT_EQ(copy_of(with.picture()) == copy_of(without.picture()), !on) << n;
  }
}

TEST(PatternPainter, BarcodeIsReadableWhereverTheDiscIs) {
  PatternPainter painter({1280, 720});
  for (std::uint32_t n = 0; n < 1000; ++n) {
    painter.paint(n, 0xfffffff0u + n);
    const Barcode expected{0xfffffff0u + n, static_cast<std::uint16_t>(n)};
    ASSERT_EQ(read_barcode(painter.picture().data(), 1280, {1280, 720}), expected);
  }
}

TEST(PatternPainter, StaysWithinThePictureAtOddShapes) {  // the address sanitizer is what looks
  for (const Size size : {Size{16, 16}, Size{16, 720}, Size{1280, 16}, Size{258, 18}, Size{22, 30}}) {
    PatternPainter painter(size);
    for (std::uint32_t n = 0; n < 200; ++n) painter.paint(n * 37, n);
    EXPECT_EQ(painter.picture().size(), static_cast<std::size_t>(size.width * size.height * 3 / 2));
  }
}

TEST(PatternPainter, ColoursAreWithinVideoRange) {
  PatternPainter painter({640, 360});
  painter.paint(9, 9);
  EXPECT_GE(*std::ranges::min_element(painter.picture()), 16);
  EXPECT_LE(*std::ranges::max_element(painter.picture()), 240);
}

}  // namespace
}  // namespace perch::video
