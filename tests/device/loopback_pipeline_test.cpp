// From a camera that encodes by itself to packets: H.264 is handed on as it came.
#include <gtest/gtest.h>

#include <algorithm>

#include "media/codec/x264_encoder.hpp"
#include "tests/device/loopback_camera.hpp"
#include "tests/device/pipeline_probe.hpp"
#include "tests/media/codec/jpeg_samples.hpp"
#include "tests/media/codec/pictures.hpp"

namespace perch::codec {
namespace {

constexpr const char* kNode = "/dev/video9";
constexpr Size kSize{128, 96};             // so small that a slice fits into one packet
constexpr std::size_t kKeyframeEvery = 5;  // [pictures]

/// A picture as cameras code it: parameter sets with the first key frame only.
struct CodedPicture {
  Bytes bytes;
  Bytes slice;
  bool keyframe = false;
};

std::vector<CodedPicture> film(std::size_t pictures) {
  EncoderConfig config;
  config.size = kSize;
  config.bitrate = Bitrate::kbps(150);
  auto encoder = create_x264_encoder(config).value();
  test::NoisyPicture picture(kSize);
  std::vector<CodedPicture> film(pictures);
  for (std::size_t i = 0; i < pictures; ++i) {
    film[i].keyframe = i % kKeyframeEvery == 0;
    for (const ByteView nal : encoder->encode(picture.next(), film[i].keyframe).value().nals) {
      if (i > 0 && rtp::is_parameter_set(rtp::nal_type(nal))) continue;
      film[i].bytes.insert(film[i].bytes.end(), {0, 0, 0, 1});
      film[i].bytes.insert(film[i].bytes.end(), nal.begin(), nal.end());
      film[i].slice.assign(nal.begin(), nal.end());
    }
  }
  return film;
}

VideoPipeline::Config config_for(const char* encoder) {
  VideoPipeline::Config config;
  config.source = {.source = kNode, .size = kSize, .rate = {30, 1}};
  config.tier.encoder = encoder;
  return config;
}

class LoopbackPipeline : public testing::TestWithParam<const char*> {};

// Whatever encoder is configured: what arrives encoded is never decoded.
TEST_P(LoopbackPipeline, PassesTheCamerasH264On) {
  auto camera = video::LoopbackCamera::create(kNode, {video::PixelFormat::kH264, kSize, {30, 1}});
  ASSERT_TRUE(camera) << camera.error().message();
  const std::vector<CodedPicture> pictures = film(4 * kKeyframeEvery);
  ASSERT_TRUE(camera->show(pictures[0].bytes));  // a node with something to show counts as a camera
  PipelineProbe probe;
  const auto pipeline = VideoPipeline::create(config_for(GetParam()), probe.hooks()).value();
  ASSERT_TRUE(probe.wait_until_open());
  ASSERT_TRUE(camera->show(pictures[0].bytes));
  const auto started = probe.next_started();
  ASSERT_TRUE(started);
  EXPECT_TRUE(started->stream.passthrough);
  EXPECT_EQ(started->stream.profile_level_id.substr(0, 4), "42c0");
  EXPECT_EQ(started->stream.size, kSize);
  EXPECT_FALSE(started->stream.can_request_keyframe) << "this driver has no controls";
  EXPECT_FALSE(started->stream.can_set_bitrate);
  for (std::size_t i = 1; i < pictures.size(); ++i) {
    ASSERT_TRUE(camera->show(pictures[i].bytes));
    EXPECT_TRUE(probe.wait_for_frame([&](const rtp::FramePackets& frame) {
      const ByteView last = frame.payload(frame.fragments.size() - 1);
      return frame.keyframe == pictures[i].keyframe && std::ranges::equal(last, pictures[i].slice);
    })) << "picture "
        << i;
  }
}

class LoopbackMjpeg : public testing::TestWithParam<Size> {};

// A camera with a bad cable: what can be decoded is shown, the rest is counted.
TEST_P(LoopbackMjpeg, CorruptPicturesAreSkippedAndCounted) {
  const Size size = GetParam();
  auto camera = video::LoopbackCamera::create(kNode, {video::PixelFormat::kMjpeg, size, {30, 1}});
  ASSERT_TRUE(camera) << camera.error().message();
  test::NoisyPicture picture(size);
  I420Buffer buffer;
  buffer.resize(size);
  const I420View view = picture.next();
  std::copy_n(view.y, static_cast<std::size_t>(view.stride_y) * static_cast<std::size_t>(size.height), buffer.y());
  const Bytes whole = test::jpeg_of(buffer);
  ASSERT_FALSE(whole.empty());
  ASSERT_TRUE(camera->show(whole));
  PipelineProbe probe;
  VideoPipeline::Config config = config_for("x264");
  config.source.size = config.tier.size_limit = size;
  const auto pipeline = VideoPipeline::create(config, probe.hooks()).value();
  ASSERT_TRUE(probe.wait_until_open());
  const Bytes half(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
  Bytes garbage(5000, 0x5a);
  for (int round = 0; round < 4; ++round) {
    for (const Bytes& damaged : {half, garbage}) {
      const std::uint64_t before = pipeline->stats().damaged;
      ASSERT_TRUE(camera->show(damaged));
      ASSERT_TRUE(probe.wait_until([&] { return pipeline->stats().damaged > before; })) << "round " << round;
    }
    const std::size_t before = probe.frames();
    ASSERT_TRUE(camera->show(whole));
    ASSERT_TRUE(probe.wait_for_frames(before + 1)) << "round " << round;
  }
  EXPECT_GE(pipeline->stats().damaged, 8u);
  EXPECT_EQ(pipeline->stats().failures, 0u);
  const auto started = probe.next_started();
  ASSERT_TRUE(started);
  EXPECT_EQ(started->format.pixel, video::PixelFormat::kMjpeg);
  EXPECT_EQ(started->stream.size, size);
}

INSTANTIATE_TEST_SUITE_P(Sizes, LoopbackMjpeg, testing::Values(Size{1280, 720}, Size{1920, 1080}),
                         [](const auto& a_case) { return std::to_string(a_case.param.height) + "p"; });

INSTANTIATE_TEST_SUITE_P(Encoders, LoopbackPipeline, testing::Values("auto", "x264"),
                         [](const auto& a_case) { return std::string(a_case.param); });

}  // namespace
}  // namespace perch::codec
