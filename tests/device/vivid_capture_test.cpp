// Capture from vivid: the kernel's own V4L2 framework and buffers, with pictures made up by the driver.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "hal/video/v4l2_capture.hpp"
#include "tests/device/capture_probe.hpp"
#include "tests/device/vivid.hpp"

namespace perch::video {
namespace {

constexpr const char* kSinglePlanar = "/dev/video0";
constexpr const char* kMultiPlanar = "/dev/video1";

SourceRequest request(const std::string& source, Size size = {640, 360}, FrameRate rate = {30, 1}) {
  return {.source = source, .size = size, .rate = rate};
}

std::unique_ptr<VideoSource> open_camera(const char* path, const SourceRequest& wanted,
                                         std::optional<PixelFormat> only = {}) {
  auto source = open_v4l2_capture(path, wanted, only);
  EXPECT_TRUE(source) << (source ? "" : source.error().message());
  return source ? std::move(*source) : nullptr;
}

// Brightest minus darkest byte of the first plane.
int contrast(const Plane& plane) {
  const auto [darkest, brightest] = std::minmax_element(plane.data, plane.data + plane.size);
  return *brightest - *darkest;
}

struct CaptureCase {
  const char* path;
  PixelFormat pixel;
};
class VividCapture : public testing::TestWithParam<CaptureCase> {};

TEST_P(VividCapture, DeliversWholePicturesWithRisingTimesAndNumbers) {
  const TimePoint opened = monotonic_now();
  const auto camera = open_camera(GetParam().path, request(GetParam().path), GetParam().pixel);
  ASSERT_TRUE(camera);
  EXPECT_EQ(camera->format(), (VideoFormat{GetParam().pixel, {640, 360}, {30, 1}}));
  TimePoint last = opened;
  std::optional<std::uint32_t> last_number;
  for (int n = 0; n < 10; ++n) {
    const auto frame = next_frame(*camera);
    ASSERT_TRUE(frame) << frame.error().message();
    EXPECT_GT(frame->captured_at, last);
    EXPECT_LE(frame->captured_at, monotonic_now());
    if (last_number) {
      EXPECT_GT(frame->number, *last_number);
    }
    last = frame->captured_at;
    last_number = frame->number;
    EXPECT_GE(frame->planes[0].stride, packed_stride(GetParam().pixel, 640));
    EXPECT_GT(contrast(frame->planes[0]), 100);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, VividCapture,
    testing::Values(CaptureCase{kSinglePlanar, PixelFormat::kYuyv}, CaptureCase{kSinglePlanar, PixelFormat::kNv12},
                    CaptureCase{kSinglePlanar, PixelFormat::kI420}, CaptureCase{kMultiPlanar, PixelFormat::kYuyv},
                    CaptureCase{kMultiPlanar, PixelFormat::kNv12}, CaptureCase{kMultiPlanar, PixelFormat::kI420}),
    [](const auto& a_case) {
      return std::string(a_case.param.path == std::string(kMultiPlanar) ? "MultiPlanar" : "") +
             to_string(a_case.param.pixel);
    });

TEST(VividNegotiation, TakesTheNearestSizeAndRate) {
  EXPECT_EQ(open_camera(kSinglePlanar, request("", {700, 400}, {31, 1}))->format(),
            (VideoFormat{PixelFormat::kI420, {640, 360}, {30, 1}}));
  EXPECT_EQ(open_camera(kSinglePlanar, request("", {650, 470}, {14, 1}))->format(),
            (VideoFormat{PixelFormat::kI420, {640, 480}, {15, 1}}));
  EXPECT_EQ(open_camera(kSinglePlanar, request("", {1280, 720}, {30, 1}))->format().size, (Size{1280, 720}));
}

TEST(VividNegotiation, FramesComeAtTheRateThatWasAgreed) {
  const auto camera = open_camera(kSinglePlanar, request("", {320, 180}, {25, 1}));
  ASSERT_TRUE(camera);
  const auto first = next_frame(*camera);
  ASSERT_TRUE(first);
  Frame last = *first;
  for (int n = 0; n < 25; ++n) last = next_frame(*camera).value();
  const auto each_us = to_us(last.captured_at - first->captured_at) / (last.number - first->number);
  EXPECT_NEAR(static_cast<double>(each_us), 40'000, 1500);
}

TEST(VividCameras, AutoTakesTheFirstCamera) {
  EXPECT_TRUE(V4l2Device::open_node(kSinglePlanar).value().standalone());
  const auto source = open_video_source(request("auto"));
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->description(), "/dev/video0 (vivid)");
  EXPECT_TRUE(next_frame(**source));
}

TEST(VividCameras, LateReaderGetsTheNewestPicture) {
  const auto camera = open_camera(kSinglePlanar, request("", {320, 180}, {30, 1}));
  ASSERT_TRUE(camera);
  ASSERT_TRUE(next_frame(*camera));
  const TimePoint busy_until = monotonic_now() + milliseconds(500);
  usleep(500'000);  // the reader is busy with other things; all buffers fill up meanwhile
  const auto frame = next_frame(*camera);
  ASSERT_TRUE(frame);
  // Buffers that were not fetched hold the pictures that came first: of four, one was ours and three were full after
  // 100 ms. The newest of those is what we get, and none is left for the next call, which brings a fresh one.
  const auto fresh = next_frame(*camera);
  ASSERT_TRUE(fresh);
  EXPECT_GE(frame->number, 3U);
  EXPECT_GT(fresh->captured_at, busy_until - milliseconds(40));
}

TEST(VividCameras, DamagedFramesAreSkipped) {
  const auto camera = open_camera(kSinglePlanar, request("", {320, 180}, {30, 1}));
  ASSERT_TRUE(camera);
  const auto before = next_frame(*camera);
  ASSERT_TRUE(before);
  ASSERT_TRUE(set_control(kSinglePlanar, "Inject V4L2_BUF_FLAG_ERROR", 1));
  std::uint32_t last = before->number, gaps = 0;
  for (int n = 0; n < 8; ++n) {
    const auto frame = next_frame(*camera);
    ASSERT_TRUE(frame) << frame.error().message();
    gaps += frame->number - last - 1;
    last = frame->number;
  }
  EXPECT_GE(gaps, 1U);
}

TEST(VividCameras, OneThatIsInUseIsBusy) {
  const auto camera = open_camera(kSinglePlanar, request(""));
  ASSERT_TRUE(camera);
  const auto second = open_v4l2_capture(kSinglePlanar, request(""));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kBusy);
  EXPECT_NE(second.error().context.find("held by"), std::string::npos) << second.error().context;
  EXPECT_TRUE(next_frame(*camera)) << "the first user was disturbed";
}

TEST(VividCameras, MissingPermissionNamesTheGroup) {
  ASSERT_EQ(geteuid(), 0U);
  ASSERT_EQ(seteuid(65534), 0);
  const auto camera = open_v4l2_capture(kSinglePlanar, request(""));
  const auto fallback = open_video_source(request("auto"));
  ASSERT_EQ(seteuid(0), 0);
  ASSERT_FALSE(camera);
  EXPECT_EQ(camera.error().code, Errc::kPermission);
  EXPECT_NE(camera.error().context.find("group video"), std::string::npos) << "the node's own group is root here";
  ASSERT_TRUE(fallback);
  EXPECT_EQ((*fallback)->description(), "test pattern");
}

TEST(VividCameras, MissingNodeListsTheOthers) {
  const auto camera = open_v4l2_capture("/dev/video77", request(""));
  ASSERT_FALSE(camera);
  EXPECT_NE(camera.error().context.find("/dev/video0 (vivid), /dev/video1 (vivid)"), std::string::npos)
      << camera.error().context;
}

std::size_t open_files() {
  const std::filesystem::directory_iterator fds("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(fds), end(fds)));
}

TEST(VividCameras, ClosingLeavesNothingOpen) {
  open_camera(kSinglePlanar, request(""));
  const std::size_t before = open_files();
  for (int n = 0; n < 5; ++n) EXPECT_TRUE(next_frame(*open_camera(kSinglePlanar, request(""))));
  EXPECT_EQ(open_files(), before);
}

TEST(VividCameras, UnpluggedOneIsGoneAndComesBack) {
  auto camera = open_camera(kSinglePlanar, request(""));
  ASSERT_TRUE(camera);
  ASSERT_TRUE(next_frame(*camera));
  // The driver may hold the writer back until the last user has closed.
  bool unplugged = false;
  std::thread cable([&] { unplugged = unplug_vivid(0); });
  Result<Frame> frame = next_frame(*camera);
  while (frame) frame = next_frame(*camera);
  EXPECT_EQ(frame.error().code, Errc::kNotFound) << frame.error().message();
  camera.reset();
  cable.join();
  ASSERT_TRUE(unplugged);
  EXPECT_FALSE(open_v4l2_capture(kSinglePlanar, request("")));
  ASSERT_TRUE(plug_in_vivid(0));
  camera = open_camera(kSinglePlanar, request(""));
  ASSERT_TRUE(camera);
  EXPECT_TRUE(next_frame(*camera));
}

}  // namespace
}  // namespace perch::video
