#include "media/codec/v4l2_m2m_encoder.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "media/codec/tier_encoder.hpp"
#include "media/rtp/h264_nal.hpp"
#include "tests/media/codec/m2m_test_double.hpp"
#include "tests/media/codec/pictures.hpp"
#include "tests/media/codec/show.hpp"

namespace perch::codec {
namespace {

using test::M2mTestDouble;
using test::Picture;
using video::PixelFormat;

constexpr Size kSize{1280, 720};
constexpr Duration kBrief = milliseconds(20);  // the double answers at once or never

EncoderConfig config_for(Size size = kSize) {
  EncoderConfig config;
  config.size = size;
  config.bitrate = Bitrate::kbps(1500);
  return config;
}

std::unique_ptr<H264Encoder> create(M2mTestDouble& node, const EncoderConfig& config = config_for()) {
  auto encoder = create_v4l2_m2m_encoder(
      config, [&node] { return node.open(); }, kBrief);
  EXPECT_TRUE(encoder) << (encoder ? "" : encoder.error().message());
  return encoder ? std::move(*encoder) : nullptr;
}

std::vector<rtp::NalType> types_of(const EncodedFrame& frame) {
  std::vector<rtp::NalType> types;
  for (const ByteView nal : frame.nals) types.push_back(rtp::nal_type(nal));
  return types;
}

using Types = std::vector<rtp::NalType>;
const Types kKeyframe{rtp::NalType::kSps, rtp::NalType::kPps, rtp::NalType::kIdrSlice};
const Types kDelta{rtp::NalType::kSlice};
const Picture kNv12(PixelFormat::kNv12, kSize);
const Picture kI420(PixelFormat::kI420, kSize);

I420View view_of(const Picture& picture) {
  const auto& [y, u, v] = picture.frame.planes;
  return {picture.frame.format.size, y.data, u.data, v.data, y.stride, u.stride};
}

TEST(V4l2M2mEncoderTestDouble, EncodesTheCamerasPicturesAsTheyAre) {
  M2mTestDouble node({});
  const auto encoder = create(node);
  EXPECT_TRUE(encoder->takes(kNv12.frame.format));
  EXPECT_FALSE(encoder->takes(kI420.frame.format));
  EXPECT_FALSE(encoder->takes({PixelFormat::kNv12, {640, 360}, {30, 1}})) << "it cannot scale";
  EXPECT_EQ(encoder->profile_level_id(), "") << "no picture yet";
  const auto first = encoder->encode_frame(kNv12.frame, false);
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_TRUE(first->keyframe);
  EXPECT_EQ(types_of(*first), kKeyframe);
  EXPECT_EQ(first->nals[2][50], test::luma_at(0, 0) | 1) << "made from this picture";
  EXPECT_EQ(encoder->profile_level_id(), "42c01f");
  EXPECT_EQ(encoder->name(), "v4l2m2m double");
  const auto second = encoder->encode_frame(kNv12.frame, false);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->keyframe);
  EXPECT_EQ(types_of(*second), kDelta);
  EXPECT_EQ(node.streams_started, 1);
}

TEST(V4l2M2mEncoderTestDouble, GivesConvertedPicturesInTheFormatTheDriverHas) {
  for (const std::uint32_t raw : {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420}) {
    M2mTestDouble node({.raw_formats = {raw}});
    const auto encoder = create(node);
    const auto frame = encoder->encode(view_of(kI420), false);
    ASSERT_TRUE(frame) << frame.error().message();
    EXPECT_EQ(frame->nals[2][50], test::luma_at(0, 0) | 1);
  }
}

TEST(V4l2M2mEncoderTestDouble, ForcesKeyframesWithAndWithoutAControlForIt) {
  for (const bool has_control : {true, false}) {
    M2mTestDouble node({.has_force_control = has_control});
    const auto encoder = create(node);
    for (int n = 0; n < 6; ++n) {
      const auto frame = encoder->encode_frame(kNv12.frame, n == 3);
      ASSERT_TRUE(frame) << frame.error().message();
      EXPECT_EQ(frame->keyframe, n == 0 || n == 3) << n;
    }
    EXPECT_EQ(node.streams_started, has_control ? 1 : 2);
    EXPECT_EQ(node.opened, 1);
  }
}

TEST(V4l2M2mEncoderTestDouble, RepeatsParameterSetsThatTheDriverSendsOnce) {
  M2mTestDouble node({.repeats_headers = false});
  const auto encoder = create(node);
  ASSERT_TRUE(encoder->encode_frame(kNv12.frame, false));
  const auto forced = encoder->encode_frame(kNv12.frame, true);
  ASSERT_TRUE(forced);
  EXPECT_EQ(types_of(*forced), kKeyframe);
}

TEST(V4l2M2mEncoderTestDouble, SetsTheBitrateBeforeAndWhileItRuns) {
  M2mTestDouble node({});
  const auto encoder = create(node);
  ASSERT_TRUE(encoder->encode_frame(kNv12.frame, false));
  EXPECT_EQ(node.controls[V4L2_CID_MPEG_VIDEO_BITRATE], 1'500'000);
  EXPECT_EQ(node.controls[V4L2_CID_MPEG_VIDEO_GOP_SIZE], 300);
  EXPECT_EQ(node.controls[V4L2_CID_MPEG_VIDEO_REPEAT_SEQ_HEADER], 1);
  EXPECT_EQ(node.controls[V4L2_CID_MPEG_VIDEO_H264_PROFILE], V4L2_MPEG_VIDEO_H264_PROFILE_CONSTRAINED_BASELINE);
  EXPECT_EQ(node.controls[V4L2_CID_MPEG_VIDEO_H264_LEVEL], V4L2_MPEG_VIDEO_H264_LEVEL_3_1);
  ASSERT_TRUE(encoder->set_bitrate(Bitrate::kbps(300)));
  EXPECT_EQ(node.controls[V4L2_CID_MPEG_VIDEO_BITRATE], 300'000);
  ASSERT_TRUE(encoder->set_bitrate(Bitrate::bps(1000)));
  EXPECT_EQ(node.controls[V4L2_CID_MPEG_VIDEO_BITRATE], 25'000) << "the least it can";
  EXPECT_TRUE(encoder->can_set_bitrate());
  EXPECT_EQ(node.streams_started, 1);
}

TEST(V4l2M2mEncoderTestDouble, TellsTheDriverWhichRangeThePicturesHave) {
  for (const bool full_range : {false, true}) {
    M2mTestDouble node({});
    EncoderConfig config = config_for();
    config.full_range = full_range;
    const auto encoder = create(node, config);
    ASSERT_TRUE(encoder->encode_frame(kNv12.frame, false));
    EXPECT_EQ(node.quantization, full_range ? V4L2_QUANTIZATION_FULL_RANGE : V4L2_QUANTIZATION_LIM_RANGE);
  }
}

TEST(V4l2M2mEncoderTestDouble, TellsWhenTheBitrateCannotBeSet) {
  M2mTestDouble node({.has_bitrate_control = false});
  const auto encoder = create(node);
  ASSERT_TRUE(encoder->encode_frame(kNv12.frame, false));
  EXPECT_FALSE(encoder->can_set_bitrate());
  EXPECT_TRUE(encoder->set_bitrate(Bitrate::kbps(300)));
}

/// A frame whose memory is a file, as that of a DMA buffer is.
struct SharedPicture {
  explicit SharedPicture(Size size) : picture(PixelFormat::kNv12, size), fd(memfd_create("frame", MFD_CLOEXEC)) {
    frame = picture.frame;
    frame.dmabuf = fd.get();
    frame.dmabuf_size = picture.bytes.size();
    written = write(fd.get(), picture.bytes.data(), picture.bytes.size()) == static_cast<ssize_t>(picture.bytes.size());
  }
  Picture picture;
  UniqueFd fd;
  video::Frame frame;
  bool written = false;
};

TEST(V4l2M2mEncoderTestDouble, ImportsTheCamerasBuffersWhereTheLayoutFits) {
  const SharedPicture shared(kSize);
  ASSERT_TRUE(shared.written);
  M2mTestDouble node({});
  const auto encoder = create(node);
  for (int n = 0; n < 20; ++n) {
    const auto frame = encoder->encode_frame(shared.frame, false);
    ASSERT_TRUE(frame) << frame.error().message();
    EXPECT_EQ(frame->nals.back()[50], test::luma_at(0, 0) | 1);
  }
  EXPECT_EQ(node.imported, 20);
}

TEST(V4l2M2mEncoderTestDouble, CopiesWhereTheDriverRefusesToImport) {
  const SharedPicture padded({640, 360}), shared(kSize);
  ASSERT_TRUE(padded.written && shared.written);
  for (const bool imports : {true, false}) {
    M2mTestDouble node({.imports_dmabufs = imports});
    // 360 rows are no multiple of 16, so the driver's layout is another one.
    const video::Frame& frame = imports ? padded.frame : shared.frame;
    const auto encoder = create(node, config_for(frame.format.size));
    for (int n = 0; n < 3; ++n) {
      const auto encoded = encoder->encode_frame(frame, false);
      ASSERT_TRUE(encoded) << encoded.error().message();
      EXPECT_EQ(encoded->nals.back()[50], test::luma_at(0, 0) | 1);
    }
    EXPECT_EQ(node.imported, 0);
    EXPECT_EQ(node.opened, 2) << "refused once, not asked again";
  }
}

TEST(V4l2M2mEncoderTestDouble, OpensADriverThatFailedAgainAndGoesOnWithAKeyframe) {
  M2mTestDouble node({.fail_after = 4});
  const auto encoder = create(node);
  for (int n = 0; n < 8; ++n) {
    const auto frame = encoder->encode_frame(kNv12.frame, false);
    ASSERT_TRUE(frame) << frame.error().message();
    EXPECT_EQ(frame->keyframe, n == 0 || n == 4) << n;
  }
  EXPECT_EQ(node.opened, 2);
}

TEST(V4l2M2mEncoderTestDouble, GivesUpOnADriverThatStaysSilent) {
  M2mTestDouble node({.silent = true});
  const auto encoder = create(node);
  const auto frame = encoder->encode_frame(kNv12.frame, false);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, Errc::kUnavailable);
  EXPECT_EQ(node.opened, 2) << "tried once more";
}

TEST(V4l2M2mEncoderTestDouble, NeedsANodeThatTakesPlanarPictures) {
  M2mTestDouble node({.raw_formats = {V4L2_PIX_FMT_YUYV}});
  const auto encoder = create_v4l2_m2m_encoder(config_for(), [&node] { return node.open(); });
  ASSERT_FALSE(encoder);
  EXPECT_EQ(encoder.error().code, Errc::kUnsupported);
}

TierConfig tier_on(M2mTestDouble& node) {
  TierConfig config;
  config.create_encoder = [&node](const EncoderConfig& wanted) -> Result<std::unique_ptr<H264Encoder>> {
    if (wanted.encoder == "x264") return create_h264_encoder(wanted);
    return create_v4l2_m2m_encoder(
        wanted, [&node] { return node.open(); }, kBrief);
  };
  return config;
}

TEST(TierEncoderOnTestDouble, DescribesHardwareOnceItsFirstPictureIsThere) {
  M2mTestDouble node({.has_bitrate_control = false});
  TierEncoder tier(tier_on(node));
  ASSERT_TRUE(tier.start(kNv12.frame.format));
  EXPECT_FALSE(tier.description());
  ASSERT_TRUE(test::show(tier, kNv12.frame, TimePoint(seconds(1))).value());
  const auto description = tier.description();
  ASSERT_TRUE(description);
  EXPECT_EQ(description->encoder, "v4l2m2m double");
  EXPECT_EQ(description->profile_level_id, "42c01f");
  EXPECT_FALSE(description->passthrough);
  EXPECT_TRUE(description->can_request_keyframe);
  EXPECT_FALSE(description->can_set_bitrate);
}

TEST(TierEncoderOnTestDouble, GoesOnWithX264WhenHardwareIsBrokenAndSaysWhy) {
  M2mTestDouble node({.silent = true});
  TierEncoder tier(tier_on(node));
  ASSERT_TRUE(tier.start(kNv12.frame.format));
  const auto packets = test::show(tier, kNv12.frame, TimePoint(seconds(1)));
  ASSERT_TRUE(packets) << packets.error().message();
  ASSERT_TRUE(*packets);
  EXPECT_TRUE((*packets)->keyframe);
  EXPECT_EQ(tier.description()->encoder.substr(0, 4), "x264");
  EXPECT_EQ(tier.description()->reason, "the M2M encoder failed: /dev/double made no picture in time");
  const int opened = node.opened;
  ASSERT_TRUE(tier.start({PixelFormat::kNv12, {640, 360}, {30, 1}}));
  EXPECT_EQ(node.opened, opened) << "not tried again";
}

TEST(CreateH264Encoder, SaysWhyItChose) {
  EncoderConfig config;
  config.size = {320, 240};
  config.encoder = "x264";
  EXPECT_EQ(create_h264_encoder(config).value()->reason(), "configured");
  config.encoder = "auto";
  const auto automatic = create_h264_encoder(config).value();
  EXPECT_TRUE(automatic->reason().starts_with("no H.264 from the camera, ")) << automatic->reason();
}

}  // namespace
}  // namespace perch::codec
