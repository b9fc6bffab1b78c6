#include "media/codec/snapshot.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "media/codec/jpeg_decoder.hpp"
#include "media/codec/jpeg_encoder.hpp"
#include "pictures.hpp"

namespace perch::codec {
namespace {

using test::Picture;
using video::PixelFormat;

constexpr Size kSize{64, 48};

/// Studio range 16..235 as JFIF's 0..255.
int stretched(int luma) { return (luma - 16) * 255 / 219; }

TEST(Snapshot, IsTheSamePictureWhateverTheFormat) {
  for (const PixelFormat pixel : {PixelFormat::kI420, PixelFormat::kNv12, PixelFormat::kYuyv}) {
    const Picture picture(pixel, kSize, 6);
    const auto jpeg = jpeg_of(picture.frame);
    ASSERT_TRUE(jpeg) << to_string(pixel);
    I420Buffer decoded;
    ASSERT_TRUE(JpegDecoder().decode(*jpeg, kSize, decoded)) << to_string(pixel);
    for (int y = 4; y < kSize.height; y += 8)
      for (int x = 4; x < kSize.width; x += 8)
        EXPECT_NEAR(decoded.y()[y * decoded.stride_y() + x], stretched(test::luma_at(x, y)), 12) << x << ',' << y;
    EXPECT_NEAR(decoded.u()[10], (test::kU - 128) * 255 / 224 + 128, 4);
    EXPECT_NEAR(decoded.v()[10], (test::kV - 128) * 255 / 224 + 128, 4);
  }
}

TEST(Snapshot, OfAJpegCameraKeepsItsLevels) {
  I420Buffer full;
  full.resize(kSize);
  std::fill_n(full.y(), full.stride_y() * kSize.height, std::uint8_t{250});
  std::fill_n(full.u(), full.stride_uv() * kSize.height / 2, std::uint8_t{128});
  std::fill_n(full.v(), full.stride_uv() * kSize.height / 2, std::uint8_t{128});
  const auto camera = encode_jpeg(full.view(), true);
  ASSERT_TRUE(camera);
  video::Frame frame;
  frame.format = {PixelFormat::kMjpeg, kSize, {30, 1}};
  frame.planes[0] = {camera->data(), 0, camera->size()};
  const auto jpeg = jpeg_of(frame);
  ASSERT_TRUE(jpeg);
  I420Buffer decoded;
  ASSERT_TRUE(JpegDecoder().decode(*jpeg, kSize, decoded));
  EXPECT_NEAR(decoded.y()[0], 250, 3);
}

TEST(Snapshot, OfH264IsRefusedInWordsThatTellTheWayOut) {
  video::Frame frame;
  frame.format.pixel = PixelFormat::kH264;
  const Error refusal = jpeg_of(frame).error();
  EXPECT_EQ(refusal.code, Errc::kUnsupported);
  EXPECT_NE(refusal.context.find("set [video] encoder = \"x264\""), std::string::npos) << refusal.context;
}

TEST(Snapshot, OfACameraThatIsNotThereFailsAtOnce) { EXPECT_FALSE(take_snapshot({.source = "/dev/nonexistent"})); }

TEST(Snapshot, OpensTheSourceForIt) {
  const auto jpeg = take_snapshot({.source = "pattern", .size = {320, 240}, .rate = {30, 1}});
  ASSERT_TRUE(jpeg);
  I420Buffer decoded;
  EXPECT_TRUE(JpegDecoder().decode(*jpeg, {320, 240}, decoded));
}

TEST(SnapshotTap, GivesTheNextPictureOnceToEachWhoAsked) {
  const Picture picture(PixelFormat::kI420, kSize);
  SnapshotTap tap;
  int given = 0;
  tap.on_frame(picture.frame);
  for (int i = 0; i < 2; ++i) tap.ask([&](const Result<Bytes>& jpeg) { given += jpeg ? 1 : 0; });
  tap.on_frame(picture.frame);
  EXPECT_EQ(given, 2);
  tap.on_frame(picture.frame);
  EXPECT_EQ(given, 2);
}

TEST(SnapshotTap, ThatEndsTellsWhoStillWaits) {
  std::optional<Errc> code;
  {
    SnapshotTap tap;
    tap.ask([&](const Result<Bytes>& jpeg) { code = jpeg.error().code; });
  }
  EXPECT_EQ(code, Errc::kClosed);
}

}  // namespace
}  // namespace perch::codec
