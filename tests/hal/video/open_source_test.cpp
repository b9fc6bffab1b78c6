#include "hal/video/v4l2_capture.hpp"
#include "hal/video/video_source.hpp"
#include "tests/hal/video/temporary_folder.hpp"

namespace perch::video {
namespace {

Error error_of(const std::string& source) {
  const auto opened = open_video_source({.source = source, .size = {320, 180}, .rate = {30, 1}});
  return opened ? Error{Errc::kInternal, "opened", 0} : opened.error();
}

TEST(OpenSource, PatternNeedsNothing) {
  const auto source = open_video_source({.source = "pattern", .size = {320, 180}, .rate = {30, 1}});
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->description(), "test pattern");
  EXPECT_EQ((*source)->format(), (VideoFormat{PixelFormat::kI420, {320, 180}, {30, 1}}));
}

TEST(OpenSource, UnknownNameListsTheKnownOnes) {
  const Error error = error_of("webcam");
  EXPECT_EQ(error.code, Errc::kInvalid);
  EXPECT_NE(error.context.find("auto, pattern, /dev/videoN, libcamera:N, file:PATH"), std::string::npos);
}

TEST(OpenSource, MissingCameraSaysWhichThereAre) {
  const Error error = error_of("/dev/video-that-is-not-there");
  EXPECT_EQ(error.code, Errc::kNotFound);
  EXPECT_NE(error.context.find("there is: "), std::string::npos);
}

TEST(OpenSource, WhatIsNoCameraIsCalledSo) {
  EXPECT_NE(error_of("/dev/null").context.find("is not a camera"), std::string::npos);
  const TemporaryFolder folder;
  const Error error = error_of(folder.write("file", as_bytes("x")));
  EXPECT_EQ(error.code, Errc::kUnsupported);
}

TEST(OpenSource, FilesAreKnownByTheirEnding) {
  EXPECT_EQ(error_of("file:/nonexistent/a.y4m").code, Errc::kNotFound);
  EXPECT_EQ(error_of("file:/nonexistent/a.h264").code, Errc::kNotFound);
  EXPECT_EQ(error_of("file:/nonexistent/a.mp4").code, Errc::kUnsupported);
}

TEST(Fourcc, IsTheInverseOfItself) {
  for (const PixelFormat format :
       {PixelFormat::kI420, PixelFormat::kNv12, PixelFormat::kYuyv, PixelFormat::kMjpeg, PixelFormat::kH264}) {
    EXPECT_EQ(from_fourcc(to_fourcc(format)), format);
  }
  EXPECT_EQ(from_fourcc(0x31313131), std::nullopt);
}

TEST(MayDeliverH264, IsToldFromTheNameOrTheDevice) {
  const auto may = [](const char* source) { return may_deliver_h264({source, {1280, 720}, {30, 1}}); };
  EXPECT_TRUE(may("file:/nowhere/clip.h264"));
  EXPECT_FALSE(may("file:/nowhere/clip.y4m"));
  EXPECT_FALSE(may("pattern"));
  EXPECT_FALSE(may("libcamera:0"));
  EXPECT_FALSE(may("/dev/null"));
  EXPECT_FALSE(may("/dev/no-such-camera"));
  EXPECT_TRUE(may_have_h264("/dev/no-such-camera"));
  EXPECT_TRUE(may_have_h264("auto"));
  EXPECT_FALSE(may_have_h264("pattern"));
}

}  // namespace
}  // namespace perch::video
