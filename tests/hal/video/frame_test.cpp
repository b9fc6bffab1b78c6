#include "hal/video/frame.hpp"

#include <gtest/gtest.h>

namespace perch::video {
namespace {

TEST(FrameLayout, I420HasThreePlanesInARow) {
  const Bytes bytes(8 * 4 * 3 / 2);
  const auto planes = lay_out_planes(PixelFormat::kI420, {8, 4}, 8, bytes);
  ASSERT_TRUE(planes);
  EXPECT_EQ((*planes)[0].data, bytes.data());
  EXPECT_EQ((*planes)[1].data, bytes.data() + 32);
  EXPECT_EQ((*planes)[2].data, bytes.data() + 40);
  EXPECT_EQ((*planes)[1].stride, 4);
  EXPECT_EQ((*planes)[2].size, 8U);
}

TEST(FrameLayout, FollowsTheDriversStride) {
  const Bytes bytes(1000);
  const auto planes = lay_out_planes(PixelFormat::kNv12, {8, 4}, 64, bytes);
  ASSERT_TRUE(planes);
  EXPECT_EQ((*planes)[1].data, bytes.data() + 64 * 4);
  EXPECT_EQ((*planes)[1].stride, 64);
  EXPECT_EQ((*planes)[2].data, nullptr);
}

TEST(FrameLayout, OddSizesRoundChromaUp) {
  EXPECT_EQ(picture_bytes(PixelFormat::kI420, {5, 3}, 5), 15U + 2 * 3 * 2);
  EXPECT_EQ(packed_stride(PixelFormat::kYuyv, 5), 12);
}

TEST(FrameLayout, RefusesAPictureThatIsCutShort) {
  for (const PixelFormat format : {PixelFormat::kI420, PixelFormat::kNv12, PixelFormat::kYuyv}) {
    const Size size{16, 8};
    const int stride = packed_stride(format, size.width);
    const Bytes whole(picture_bytes(format, size, stride));
    EXPECT_TRUE(lay_out_planes(format, size, stride, whole));
    EXPECT_FALSE(lay_out_planes(format, size, stride, ByteView(whole).first(whole.size() - 1))) << to_string(format);
  }
}

TEST(FrameLayout, CompressedIsOneRunOfBytes) {
  const Bytes bytes(77);
  const auto planes = lay_out_planes(PixelFormat::kMjpeg, {640, 480}, 0, bytes);
  ASSERT_TRUE(planes);
  EXPECT_EQ((*planes)[0].size, 77U);
}

}  // namespace
}  // namespace perch::video
