// Cameras with compressed formats: frames of varying length, and every H.264 picture delivered.
#include <gtest/gtest.h>

#include <algorithm>

#include "hal/video/v4l2_capture.hpp"
#include "tests/device/capture_probe.hpp"
#include "tests/device/loopback_camera.hpp"

namespace perch::video {
namespace {

constexpr const char* kNode = "/dev/video9";
const SourceRequest kRequest{.source = kNode, .size = {640, 480}, .rate = {30, 1}};

// A frame of a length and content of its own.
Bytes numbered_frame(std::uint8_t number) { return Bytes(1000u + 10u * number, number); }

// Its number, if the frame is just as it was written.
std::optional<int> number_of(const Frame& frame) {
  const ByteView bytes(frame.planes[0].data, frame.planes[0].size);
  if (bytes.empty() || !std::ranges::equal(bytes, numbered_frame(bytes[0]))) return std::nullopt;
  return bytes[0];
}

// A camera of `format` on the node. The node counts as a camera once it has something to show: frame 0.
Result<LoopbackCamera> create_output(PixelFormat format) {
  auto output = LoopbackCamera::create(kNode, {format, {640, 480}, {30, 1}});
  if (output && !output->show(numbered_frame(0))) return fail_errno("write to the loopback");
  return output;
}

class LoopbackCapture : public testing::TestWithParam<PixelFormat> {};

TEST_P(LoopbackCapture, DeliversCompressedFramesAsTheyAre) {
  auto output = create_output(GetParam());
  ASSERT_TRUE(output) << output.error().message();
  auto camera = open_v4l2_capture(kNode, kRequest);
  ASSERT_TRUE(camera) << camera.error().message();
  EXPECT_EQ((*camera)->format().pixel, GetParam());
  EXPECT_EQ((*camera)->format().size, (Size{640, 480}));
  ASSERT_TRUE(next_frame(**camera));  // frame 0, whose length the driver does not keep
  for (std::uint8_t number = 1; number < 20; ++number) {
    ASSERT_TRUE(output->show(numbered_frame(number)));
    const auto frame = next_frame(**camera);
    ASSERT_TRUE(frame) << frame.error().message();
    EXPECT_EQ(number_of(*frame), number);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, LoopbackCapture, testing::Values(PixelFormat::kMjpeg, PixelFormat::kH264),
                         [](const auto& a_case) { return std::string(to_string(a_case.param)); });

TEST(LoopbackQueue, LateReaderMissesNoH264Picture) {
  auto output = create_output(PixelFormat::kH264);
  ASSERT_TRUE(output) << output.error().message();
  auto camera = open_v4l2_capture(kNode, kRequest);
  ASSERT_TRUE(camera) << camera.error().message();
  ASSERT_TRUE(next_frame(**camera));
  for (std::uint8_t number = 1; number <= 2; ++number) ASSERT_TRUE(output->show(numbered_frame(number)));
  for (int number = 1; number <= 2; ++number) {
    const auto frame = next_frame(**camera);
    ASSERT_TRUE(frame) << frame.error().message();
    EXPECT_EQ(number_of(*frame), number);
  }
}

TEST(LoopbackQueue, LateReaderGetsTheNewestJpeg) {
  auto output = create_output(PixelFormat::kMjpeg);
  ASSERT_TRUE(output) << output.error().message();
  auto camera = open_v4l2_capture(kNode, kRequest);
  ASSERT_TRUE(camera) << camera.error().message();
  ASSERT_TRUE(next_frame(**camera));
  for (std::uint8_t number = 1; number <= 2; ++number) ASSERT_TRUE(output->show(numbered_frame(number)));
  const auto frame = next_frame(**camera);
  ASSERT_TRUE(frame) << frame.error().message();
  EXPECT_EQ(number_of(*frame), 2);
}

}  // namespace
}  // namespace perch::video
