#include "media/codec/pixel_convert.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/media/codec/pictures.hpp"

namespace perch::codec {
namespace {

using test::Picture;
using video::PixelFormat;

/// Every sample within `tolerance` of what Picture draws.
void expect_picture(const I420View& view, int tolerance, std::uint8_t u = test::kU, std::uint8_t v = test::kV) {
  int worst = 0;
  for (int y = 0; y < view.size.height; ++y) {
    for (int x = 0; x < view.size.width; ++x) {
      worst = std::max(worst, std::abs(view.y[y * view.stride_y + x] - test::luma_at(x, y)));
      const int at = y / 2 * view.stride_uv + x / 2;
      worst = std::max({worst, std::abs(view.u[at] - u), std::abs(view.v[at] - v)});
    }
  }
  EXPECT_LE(worst, tolerance);
}

TEST(EncodeSize, IsTheSourcesOwnWhenItFits) {
  EXPECT_EQ(encode_size({640, 480}, {1280, 720}), (Size{640, 480}));
  EXPECT_EQ(encode_size({1280, 720}, {1280, 720}), (Size{1280, 720}));
  EXPECT_EQ(encode_size({641, 481}, {1280, 720}), (Size{640, 480}));
}

TEST(EncodeSize, ShrinksIntoTheLimitAndKeepsTheAspectRatio) {
  EXPECT_EQ(encode_size({1920, 1080}, {1280, 720}), (Size{1280, 720}));
  EXPECT_EQ(encode_size({1600, 1200}, {1280, 720}), (Size{960, 720}));
  EXPECT_EQ(encode_size({2560, 720}, {1280, 720}), (Size{1280, 360}));
  EXPECT_EQ(encode_size({720, 1280}, {1280, 720}), (Size{404, 720}));
  EXPECT_EQ(encode_size({16000, 2}, {1280, 720}), (Size{1280, 2}));
}

TEST(PixelConverter, BorrowsI420AsItIs) {
  const Picture picture(PixelFormat::kI420, {64, 48}, 10);
  PixelConverter converter;
  const auto view = converter.convert(picture.frame);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->y, picture.bytes.data());
  expect_picture(*view, 0);
}

TEST(PixelConverter, ConvertsRawFormatsWithPaddedRows) {
  for (const PixelFormat pixel : {PixelFormat::kI420, PixelFormat::kNv12, PixelFormat::kYuyv}) {
    for (const int padding : {0, 6, 64}) {
      const Picture picture(pixel, {50, 34}, padding);
      PixelConverter converter;
      const auto view = converter.convert(picture.frame);
      ASSERT_TRUE(view) << to_string(pixel);
      expect_picture(*view, 0);
    }
  }
}

TEST(PixelScaler, CutsTheOddColumnAndRow) {
  for (const PixelFormat pixel : {PixelFormat::kI420, PixelFormat::kNv12, PixelFormat::kYuyv}) {
    const Picture picture(pixel, {51, 35});
    PixelConverter converter;
    const auto whole = converter.convert(picture.frame);
    ASSERT_TRUE(whole) << to_string(pixel);
    PixelScaler scaler;
    const I420View view = scaler.scale(*whole, {50, 34});
    EXPECT_EQ(view.y, whole->y) << "no copy";
    EXPECT_EQ(view.size, (Size{50, 34}));
    expect_picture(view, 0);
  }
}

TEST(PixelScaler, ScalesToTheTarget) {
  const Picture picture(PixelFormat::kNv12, {64, 48});
  PixelConverter converter;
  const auto whole = converter.convert(picture.frame);
  ASSERT_TRUE(whole);
  PixelScaler scaler;
  const I420View view = scaler.scale(*whole, {32, 24});
  EXPECT_EQ(view.size, (Size{32, 24}));
  // Each sample is the mean of four: luma_at(2x, 2y) .. luma_at(2x+1, 2y+1), 2 above the first.
  EXPECT_NEAR(view.y[0], test::luma_at(0, 0) + 2, 1);
  EXPECT_NEAR(view.y[5 * view.stride_y + 7], test::luma_at(14, 10) + 2, 1);
  EXPECT_EQ(view.u[3], test::kU);
  EXPECT_EQ(view.v[3], test::kV);
}

Bytes read_jpeg(const std::string& name) {
  std::ifstream in(std::string(PERCH_SOURCE_DIR) + "/tests/media/codec/data/" + name + ".jpg", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

video::Frame jpeg_frame(const Bytes& jpeg, Size size = {48, 34}) {
  video::Frame frame;
  frame.format = {PixelFormat::kMjpeg, size, {30, 1}};
  frame.planes[0] = {jpeg.data(), 0, jpeg.size()};
  return frame;
}

class JpegSampling : public testing::TestWithParam<const char*> {};

TEST_P(JpegSampling, DecodesToI420) {
  const Bytes jpeg = read_jpeg(GetParam());
  ASSERT_FALSE(jpeg.empty());
  PixelConverter converter;
  const auto view = converter.convert(jpeg_frame(jpeg));
  ASSERT_TRUE(view) << view.error().message();
  const bool grey = std::string(GetParam()) == "grey";
  expect_picture(*view, 4, grey ? 128 : test::kU, grey ? 128 : test::kV);
}

TEST_P(JpegSampling, RefusesEveryTruncation) {
  const Bytes jpeg = read_jpeg(GetParam());
  PixelConverter converter;
  for (std::size_t size = 0; size < jpeg.size(); ++size) {
    const Bytes cut(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(converter.convert(jpeg_frame(cut))) << size;
  }
  const auto good = converter.convert(jpeg_frame(jpeg));
  EXPECT_TRUE(good) << "the next good picture: " << good.error().message();
}

INSTANTIATE_TEST_SUITE_P(All, JpegSampling, testing::Values("420", "422", "444", "440", "411", "grey"),
                         [](const auto& param_info) { return std::string(param_info.param); });

TEST(JpegDecoder, RefusesAnotherSizeThanAgreed) {
  const Bytes jpeg = read_jpeg("420");
  PixelConverter converter;
  EXPECT_FALSE(converter.convert(jpeg_frame(jpeg, {48, 32})));
}

TEST(JpegDecoder, AcceptsStrayBytesBetweenSegments) {
  Bytes jpeg = read_jpeg("420");
  jpeg.insert(jpeg.begin() + 2, {1, 2, 3});
  PixelConverter converter;
  EXPECT_TRUE(converter.convert(jpeg_frame(jpeg)));
}

TEST(JpegDecoder, SurvivesDamageAnywhere) {
  const Bytes jpeg = read_jpeg("422");
  SeededRandom random(2);
  PixelConverter converter;
  for (int round = 0; round < 2000; ++round) {
    Bytes damaged = jpeg;
    for (int i = 0; i < 3; ++i) damaged[random.u32() % damaged.size()] = static_cast<std::uint8_t>(random.u32());
    const auto view = converter.convert(jpeg_frame(damaged));
    EXPECT_TRUE(!view || view->size == (Size{48, 34}));
  }
}

TEST(PixelConverter, LeavesH264Alone) {
  const Bytes bytes(10);
  video::Frame frame = jpeg_frame(bytes);
  frame.format.pixel = PixelFormat::kH264;
  PixelConverter converter;
  EXPECT_EQ(converter.convert(frame).error().code, Errc::kUnsupported);
}

TEST(Nv12Buffer, HoldsThePictureWithItsChromaInterleaved) {
  for (const Size size : {Size{64, 48}, Size{33, 17}}) {
    const Picture from(video::PixelFormat::kI420, size, 8);
    const auto& [y, u, v] = from.frame.planes;
    Nv12Buffer buffer;
    const auto planes = buffer.fill({size, y.data, u.data, v.data, y.stride, u.stride});
    for (int row = 0; row < size.height; ++row)
      for (int x = 0; x < size.width; ++x)
        ASSERT_EQ(planes[0].data[row * planes[0].stride + x], test::luma_at(x, row)) << x << " " << row;
    for (int row = 0; row < (size.height + 1) / 2; ++row) {
      for (int x = 0; x < (size.width + 1) / 2; ++x) {
        ASSERT_EQ(planes[1].data[row * planes[1].stride + 2 * x], test::kU);
        ASSERT_EQ(planes[1].data[row * planes[1].stride + 2 * x + 1], test::kV);
      }
    }
  }
}

}  // namespace
}  // namespace perch::codec
