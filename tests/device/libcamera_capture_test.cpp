// Capture through perch-libcamera from vimc: Debian's libcamera, the kernel's media controller, a real program that
// dies.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "hal/video/camera_controls.hpp"
#include "hal/video/libcamera_source.hpp"
#include "hal/video/v4l2_device.hpp"
#include "tests/device/capture_probe.hpp"

namespace perch::video {
namespace {

const SourceRequest kRequest{.source = "libcamera:0", .size = {640, 480}, .rate = {30, 1}};

std::unique_ptr<VideoSource> open_camera(const SourceRequest& request = kRequest) {
  auto source = open_video_source(request);
  EXPECT_TRUE(source) << (source ? "" : source.error().message());
  return source ? std::move(*source) : nullptr;
}

// Brightest minus darkest byte.
int contrast(const Plane& plane) {
  const auto [darkest, brightest] = std::minmax_element(plane.data, plane.data + plane.size);
  return *brightest - *darkest;
}

// The processes that this one has started and that are still there.
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");  // "PID (NAME) STATE PARENT …", proc(5)
    std::string pid, name, state;
    pid_t parent = 0;
    if (file >> pid >> name >> state >> parent && parent == getpid()) found.push_back(std::stoi(pid));
  }
  return found;
}

bool write_to(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  return static_cast<bool>(file << text << std::flush);
}

TEST(LibcameraCapture, DeliversWholePicturesWithRisingTimesAndNumbers) {
  const TimePoint opened = monotonic_now();
  const auto camera = open_camera();
  ASSERT_TRUE(camera);
  // vimc has RGB only, and widths and heights that divide by six.
  EXPECT_EQ(camera->format(), (VideoFormat{PixelFormat::kI420, {636, 480}, {30, 1}}));
  EXPECT_NE(camera->description().find("vimc"), std::string::npos) << camera->description();
  TimePoint last = opened;
  std::optional<std::uint32_t> last_number;
  for (int n = 0; n < 20; ++n) {
    const auto frame = next_frame(*camera);
    ASSERT_TRUE(frame) << frame.error().message();
    EXPECT_GT(frame->captured_at, last);
    EXPECT_LE(frame->captured_at, monotonic_now());
    if (last_number) {
      EXPECT_GT(frame->number, *last_number);
    }
    last = frame->captured_at;
    last_number = frame->number;
    EXPECT_GT(contrast(frame->planes[0]), 100);
    EXPECT_GT(contrast(frame->planes[1]), 50);
    EXPECT_EQ(frame->planes[2].size, 318u * 240u);
  }
}

TEST(LibcameraCapture, LeavesOutWhatComesFasterThanAsked) {
  const auto camera = open_camera({.source = "libcamera:0", .size = {320, 240}, .rate = {10, 1}});
  ASSERT_TRUE(camera);
  const auto first = next_frame(*camera);
  ASSERT_TRUE(first);
  const TimePoint begun = first->captured_at;
  TimePoint last = begun;
  for (int n = 0; n < 10; ++n) last = next_frame(*camera).value().captured_at;
  EXPECT_GE(to_ms(last - begun), 950);
}

TEST(LibcameraCapture, TakesTheCameraByItsName) {
  const std::string description = open_camera()->description();
  const std::string name = description.substr(11, description.size() - 12);  // "libcamera (NAME)"
  SourceRequest request = kRequest;
  request.source = "libcamera:" + name;
  const auto camera = open_camera(request);
  ASSERT_TRUE(camera);
  EXPECT_EQ(camera->description(), description);
}

TEST(LibcameraCapture, AutoTakesItWhereNoOtherCameraIs) {
  SourceRequest request = kRequest;
  request.source = "auto";
  const auto camera = open_camera(request);
  ASSERT_TRUE(camera);
  EXPECT_NE(camera->description().find("vimc"), std::string::npos) << camera->description();
}

TEST(LibcameraCapture, NodesOfItsPipelineAreNoCamerasByThemselves) {
  ASSERT_FALSE(list_video_nodes().empty());
  for (const std::string& path : list_video_nodes()) {
    const auto node = V4l2Device::open_node(path);
    ASSERT_TRUE(node) << node.error().message();
    EXPECT_FALSE(node->standalone()) << path;
  }
  const auto controls = list_camera_controls("auto");
  ASSERT_FALSE(controls) << "those of a part of the pipeline";
  EXPECT_EQ(controls.error().code, Errc::kNotFound);
}

TEST(LibcameraCapture, MissingCameraListsTheOthers) {
  SourceRequest request = kRequest;
  request.source = "libcamera:7";
  const auto camera = open_video_source(request);
  ASSERT_FALSE(camera);
  EXPECT_EQ(camera.error().code, Errc::kNotFound);
  EXPECT_NE(camera.error().context.find("there is 0: platform/vimc"), std::string::npos) << camera.error().context;
}

TEST(LibcameraCapture, ControlsChangeThePicture) {
  const auto brightness = [](const char* control) {
    SourceRequest request = kRequest;
    request.controls = {control};
    const auto camera = open_camera(request);
    Result<Frame> frame = next_frame(*camera);
    for (int n = 0; n < 5; ++n) frame = next_frame(*camera);  // the first ones were asked for before
    const Plane& luma = frame.value().planes[0];
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < luma.size; ++i) sum += luma.data[i];
    return sum / luma.size;
  };
  EXPECT_GT(brightness("brightness=0.5"), brightness("brightness=-0.5") + 40);
}

TEST(LibcameraCapture, SecondUserIsToldThatTheCameraIsBusy) {
  const auto camera = open_camera();
  ASSERT_TRUE(camera);
  const auto second = open_video_source(kRequest);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kBusy) << second.error().message();
  EXPECT_TRUE(next_frame(*camera)) << "the first user was disturbed";
}

TEST(LibcameraCapture, KilledProgramIsALostCameraThatOpensAgain) {
  auto camera = open_camera();
  ASSERT_TRUE(camera);
  ASSERT_TRUE(next_frame(*camera));
  ASSERT_EQ(children().size(), 1U);
  ASSERT_EQ(kill(children()[0], SIGKILL), 0);
  Result<Frame> frame = next_frame(*camera);
  while (frame) frame = next_frame(*camera);
  EXPECT_EQ(frame.error().code, Errc::kUnavailable);
  EXPECT_NE(frame.error().context.find("signal 9"), std::string::npos) << frame.error().message();
  camera = open_camera();
  ASSERT_TRUE(camera);
  EXPECT_TRUE(next_frame(*camera));
}

std::size_t open_files() {
  const std::filesystem::directory_iterator fds("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(fds), end(fds)));
}

TEST(LibcameraCapture, ClosingLeavesNothingOpenAndNobodyRunning) {
  open_camera();
  const std::size_t before = open_files();
  for (int n = 0; n < 3; ++n) EXPECT_TRUE(next_frame(*open_camera()));
  EXPECT_EQ(open_files(), before);
  EXPECT_TRUE(children().empty());
}

TEST(LibcameraUnplugged, CameraIsGoneAndComesBack) {
  auto camera = open_camera();
  ASSERT_TRUE(camera);
  ASSERT_TRUE(next_frame(*camera));
  // The driver may hold the writer back until the last user has closed.
  bool unplugged = false;
  std::thread cable([&] { unplugged = write_to("/sys/bus/platform/drivers/vimc/unbind", "vimc.0"); });
  Result<Frame> frame = next_frame(*camera);
  while (frame) frame = next_frame(*camera);
  EXPECT_EQ(frame.error().code, Errc::kNotFound) << frame.error().message();
  camera.reset();
  cable.join();
  ASSERT_TRUE(unplugged);
  const auto again = open_video_source(kRequest);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::kNotFound) << again.error().message();
  ASSERT_TRUE(write_to("/sys/bus/platform/drivers/vimc/bind", "vimc.0"));
  // libcamera sees it once udev has, which takes a moment.
  Result<std::unique_ptr<VideoSource>> back = open_video_source(kRequest);
  for (int n = 0; n < 20 && !back; ++n) back = open_video_source(kRequest);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_TRUE(next_frame(**back));
}

}  // namespace
}  // namespace perch::video
