#include "media/codec/tier_encoder.hpp"

#include <gtest/gtest.h>

#include "media/rtp/h264_nal.hpp"
#include "tests/media/codec/pictures.hpp"
#include "tests/media/rtp/nal_samples.hpp"

namespace perch::codec {
namespace {

using test::Picture;
using video::PixelFormat;

const TimePoint kStart{seconds(50)};
const Picture kPicture(PixelFormat::kYuyv, {160, 120});

video::Frame at(TimePoint captured_at, const Picture& picture = kPicture) {
  video::Frame frame = picture.frame;
  frame.captured_at = captured_at;
  return frame;
}

TEST(TierEncoder, NumbersPacketsAndTimeOnAcrossSources) {
  TierConfig config;
  config.timestamp_offset = 5000;
  TierEncoder tier(config);
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  const auto first = tier.on_frame(at(kStart), kStart).value();
  const auto second = tier.on_frame(at(kStart + milliseconds(40)), kStart).value();
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  const auto third = tier.on_frame(at(kStart + seconds(2)), kStart + seconds(2)).value();
  EXPECT_EQ(first->first_index, 0);
  EXPECT_EQ(second->first_index, first->end_index());
  EXPECT_EQ(third->first_index, second->end_index());
  EXPECT_EQ(first->timestamp.value, 5000u);
  EXPECT_EQ(second->timestamp.value, 8600u);
  EXPECT_EQ(third->timestamp.value, 185'000u);
  EXPECT_EQ(third->captured_at, kStart + seconds(2));
}

TEST(TierEncoder, BeginsEverySourceWithAKeyframe) {
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  EXPECT_TRUE(tier.on_frame(at(kStart), kStart).value()->keyframe);
  EXPECT_FALSE(tier.on_frame(at(kStart), kStart).value()->keyframe);
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  EXPECT_TRUE(tier.on_frame(at(kStart), kStart).value()->keyframe);
}

TEST(TierEncoder, GrantsKeyframesThroughTheGate) {
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  const auto is_key_at = [&](Duration t) { return tier.on_frame(at(kStart + t), kStart + t).value()->keyframe; };
  EXPECT_TRUE(is_key_at({}));
  tier.request_keyframe();
  EXPECT_FALSE(is_key_at(milliseconds(100)));
  EXPECT_TRUE(is_key_at(milliseconds(600)));
  EXPECT_FALSE(is_key_at(milliseconds(2000)));
  tier.request_keyframe();
  EXPECT_TRUE(is_key_at(milliseconds(2033)));
}

TEST(TierEncoder, ShrinksToTheLimitAndSaysSo) {
  TierConfig config;
  config.size_limit = {80, 80};
  TierEncoder tier(config);
  EXPECT_FALSE(tier.description());
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  const auto description = tier.description();
  ASSERT_TRUE(description);
  EXPECT_EQ(description->size, (Size{80, 60}));
  EXPECT_EQ(description->encoder, "x264 superfast");
  EXPECT_FALSE(description->passthrough);
  EXPECT_EQ(description->profile_level_id.substr(0, 4), "42c0");
  EXPECT_TRUE(tier.on_frame(at(kStart), kStart).value());
}

TEST(TierEncoder, CountsDamagedPicturesAndGoesOn) {
  Picture jpeg(PixelFormat::kYuyv, {160, 120});
  jpeg.frame.format.pixel = PixelFormat::kMjpeg;
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(jpeg.frame.format));
  const auto packets = tier.on_frame(at(kStart, jpeg), kStart);
  ASSERT_TRUE(packets);
  EXPECT_EQ(*packets, nullptr);
  EXPECT_EQ(tier.damaged(), 1u);
}

TEST(TierEncoder, PassesH264Through) {
  Bytes stream;
  for (const Bytes& nal : {rtp::test::kSps720p, rtp::test::kPps, rtp::test::nal_of(rtp::NalType::kIdrSlice, 3000)}) {
    stream.insert(stream.end(), {0, 0, 1});
    stream.insert(stream.end(), nal.begin(), nal.end());
  }
  video::Frame frame;
  frame.format = {PixelFormat::kH264, {1280, 720}, {30, 1}};
  frame.planes[0] = {stream.data(), 0, stream.size()};
  frame.captured_at = kStart;
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(frame.format));
  EXPECT_FALSE(tier.description()) << "the profile is not known before the first key frame";
  const auto packets = tier.on_frame(frame, kStart).value();
  ASSERT_TRUE(packets);
  EXPECT_TRUE(packets->keyframe);
  EXPECT_EQ(packets->fragments.size(), 4u);  // STAP-A and three fragments
  EXPECT_EQ(
      tier.description(),
      (StreamDescription{"pass-through", true, "42c01f", {1280, 720}, false, false, "the source delivers H.264"}));
}

/// A camera that encodes by itself; remembers what it was asked.
class EncodingCamera final : public video::VideoSource {
 public:
  explicit EncodingCamera(bool obeys) : obeys_(obeys) {}
  const video::VideoFormat& format() const override { return format_; }
  int fd() const override { return -1; }
  Result<std::optional<video::Frame>> read_frame(TimePoint) override { return std::optional<video::Frame>{}; }
  std::string description() const override { return "encoding camera"; }
  bool request_keyframe() override {
    ++asked;
    return obeys_;
  }
  bool set_bitrate(Bitrate value) override {
    bitrate = value;
    return obeys_;
  }
  [[nodiscard]] video::Frame picture(const Bytes& bytes) const {
    video::Frame frame;
    frame.format = format_;
    frame.planes[0] = {bytes.data(), 0, bytes.size()};
    return frame;
  }
  int asked = 0;
  Bitrate bitrate;

 private:
  bool obeys_;
  video::VideoFormat format_{PixelFormat::kH264, {1280, 720}, {30, 1}};
};

const Bytes kCodedSlice = {0, 0, 1, 0x61, 0x11, 0x22, 0x33};
const Bytes kCodedKeyframe = [] {
  Bytes stream;
  for (const Bytes& nal : {rtp::test::kSps720p, rtp::test::kPps, rtp::test::nal_of(rtp::NalType::kIdrSlice, 300)}) {
    stream.insert(stream.end(), {0, 0, 1});
    stream.insert(stream.end(), nal.begin(), nal.end());
  }
  return stream;
}();

TEST(TierEncoder, AsksACameraThatEncodesForKeyframesThroughTheGate) {
  EncodingCamera camera(true);
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(camera.format(), &camera));
  EXPECT_EQ(camera.asked, 1) << "a new stream begins with one";
  const auto show = [&](const Bytes& bytes, Duration t) {
    ASSERT_TRUE(tier.on_frame(camera.picture(bytes), kStart + t));
  };
  show(kCodedKeyframe, {});
  EXPECT_TRUE(tier.description()->can_request_keyframe);
  tier.request_keyframe();
  show(kCodedSlice, milliseconds(100));
  EXPECT_EQ(camera.asked, 1) << "half a second between two";
  show(kCodedSlice, milliseconds(600));
  show(kCodedSlice, milliseconds(633));
  EXPECT_EQ(camera.asked, 2) << "asked once, the answer is on its way";
  show(kCodedSlice, milliseconds(1133));
  EXPECT_EQ(camera.asked, 3) << "it never came";
  show(kCodedKeyframe, milliseconds(1166));
  show(kCodedSlice, milliseconds(3000));
  EXPECT_EQ(camera.asked, 3) << "the wish was granted";
}

TEST(TierEncoder, AsksACameraThatLostAPictureForAKeyframe) {
  EncodingCamera camera(true);
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(camera.format(), &camera));
  const auto show = [&](const Bytes& bytes, std::uint32_t number) {
    video::Frame frame = camera.picture(bytes);
    frame.number = number;
    ASSERT_TRUE(tier.on_frame(frame, kStart + milliseconds(33) * number));
  };
  show(kCodedKeyframe, 0);
  for (std::uint32_t number = 1; number < 30; ++number) show(kCodedSlice, number);
  EXPECT_EQ(camera.asked, 1);
  show(kCodedSlice, 31);
  EXPECT_EQ(camera.asked, 2);
}

TEST(TierEncoder, HandsTheBitrateToACameraThatEncodes) {
  EncodingCamera camera(true);
  TierConfig config;
  config.bitrate = Bitrate::kbps(900);
  TierEncoder tier(config);
  ASSERT_TRUE(tier.start(camera.format(), &camera));
  EXPECT_EQ(camera.bitrate, Bitrate::kbps(900));
  ASSERT_TRUE(tier.set_bitrate(Bitrate::kbps(400)));
  EXPECT_EQ(camera.bitrate, Bitrate::kbps(400));
  ASSERT_TRUE(tier.on_frame(camera.picture(kCodedKeyframe), kStart));
  EXPECT_TRUE(tier.description()->can_set_bitrate);
}

TEST(TierEncoder, TellsWhatACameraCannotBeAsked) {
  EncodingCamera camera(false);
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(camera.format(), &camera));
  ASSERT_TRUE(tier.on_frame(camera.picture(kCodedKeyframe), kStart));
  EXPECT_FALSE(tier.description()->can_request_keyframe);
  EXPECT_FALSE(tier.description()->can_set_bitrate);
  tier.request_keyframe();
  ASSERT_TRUE(tier.on_frame(camera.picture(kCodedSlice), kStart + seconds(1)));
  EXPECT_EQ(camera.asked, 1) << "it said no once";
}

TEST(TierEncoder, AsksNobodyAfterTheSourceWent) {
  auto camera = std::make_unique<EncodingCamera>(true);
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(camera->format(), camera.get()));
  tier.stop();
  camera.reset();
  EXPECT_TRUE(tier.set_bitrate(Bitrate::kbps(100)));
}

TEST(TierEncoder, ReportsAnEncoderThatCannotBeMadeOrFails) {
  TierConfig config;
  config.encoder = "nonsense";
  TierEncoder unknown(config);
  EXPECT_EQ(unknown.start(kPicture.frame.format).error().code, Errc::kUnsupported);
  EXPECT_FALSE(unknown.on_frame(at(kStart), kStart));

  class Broken final : public H264Encoder {
    Result<EncodedFrame> encode(const I420View&, bool) override { return fail(Errc::kInternal, "broken"); }
    Result<void> set_bitrate(Bitrate) override { return fail(Errc::kInternal, "broken"); }
    std::string name() const override { return "broken"; }
    std::string profile_level_id() const override { return "42c01f"; }
  };
  config.create_encoder = [](const EncoderConfig&) -> Result<std::unique_ptr<H264Encoder>> {
    return std::make_unique<Broken>();
  };
  TierEncoder broken(config);
  ASSERT_TRUE(broken.start(kPicture.frame.format));
  EXPECT_FALSE(broken.on_frame(at(kStart), kStart));
  ASSERT_TRUE(broken.start(kPicture.frame.format));
  EXPECT_FALSE(broken.set_bitrate(Bitrate::kbps(1)));
}

}  // namespace
}  // namespace perch::codec
