#include "media/codec/tier_encoder.hpp"

#include <gtest/gtest.h>

#include "media/rtp/h264_nal.hpp"
#include "tests/media/codec/pictures.hpp"
#include "tests/media/codec/show.hpp"
#include "tests/media/rtp/nal_samples.hpp"

namespace perch::codec {
namespace {

using test::Picture;
using test::show;
using video::PixelFormat;

const TimePoint kStart{seconds(50)};
const Picture kPicture(PixelFormat::kYuyv, {160, 120});

video::Frame at(TimePoint captured_at, const Picture& picture = kPicture) {
  video::Frame frame = picture.frame;
  frame.captured_at = captured_at;
  return frame;
}

TEST(TierEncoder, NumbersPacketsOnAcrossSources) {
  TierConfig config;
  config.tier = rtp::Tier::kLow;
  TierEncoder tier(config);
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  const auto first = show(tier, at(kStart), kStart, {5000}).value();
  const auto second = show(tier, at(kStart + milliseconds(40)), kStart).value();
  tier.release();
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  const auto third = show(tier, at(kStart + seconds(2)), kStart + seconds(2)).value();
  EXPECT_EQ(first->first_index, 0);
  EXPECT_EQ(second->first_index, first->end_index());
  EXPECT_EQ(third->first_index, second->end_index());
  EXPECT_EQ(first->timestamp.value, 5000u);
  EXPECT_EQ(third->captured_at, kStart + seconds(2));
  EXPECT_EQ(third->tier, rtp::Tier::kLow);
  EXPECT_TRUE(third->ends_frame);
}

TEST(TierEncoder, BeginsEverySourceWithAKeyframe) {
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  EXPECT_TRUE(show(tier, at(kStart), kStart).value()->keyframe);
  EXPECT_FALSE(show(tier, at(kStart), kStart).value()->keyframe);
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  EXPECT_TRUE(show(tier, at(kStart), kStart).value()->keyframe);
}

TEST(TierEncoder, GrantsKeyframesThroughTheGate) {
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(kPicture.frame.format));
  const auto is_key_at = [&](Duration t) { return show(tier, at(kStart + t), kStart + t).value()->keyframe; };
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
  EXPECT_TRUE(show(tier, at(kStart), kStart).value());
}

TEST(TierEncoder, ChangesSizeWithAKeyframeAndFrameRateWithout) {
  Picture picture(PixelFormat::kYuyv, {320, 240});
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(picture.frame.format));
  int frame = 0;
  rtp::PacketIndex next = 0;
  const auto keyframes_of_a_second = [&] {
    std::vector<bool> keyframes;
    for (int i = 0; i < 30; ++i) {
      const TimePoint time = kStart + frame++ * milliseconds(100) / 3;
      const auto packets = show(tier, at(time, picture), time).value();
      if (!packets) continue;
      EXPECT_EQ(packets->first_index, next);
      next = packets->end_index();
      keyframes.push_back(packets->keyframe);
    }
    return keyframes;
  };
  EXPECT_EQ(keyframes_of_a_second().size(), 30u);
  ASSERT_TRUE(tier.set_shape({{1280, 720}, 15}));
  EXPECT_EQ(tier.description()->fps, 15);
  EXPECT_EQ(keyframes_of_a_second(), std::vector<bool>(15, false));
  ASSERT_TRUE(tier.set_shape({{160, 120}, 10}));
  EXPECT_EQ(tier.description()->size, (Size{160, 120}));
  std::vector<bool> expected(10, false);
  expected[0] = true;
  EXPECT_EQ(keyframes_of_a_second(), expected);
  ASSERT_TRUE(tier.set_shape({{160, 120}, 30}));
  EXPECT_EQ(keyframes_of_a_second(), std::vector<bool>(30, false));
}

TEST(TierEncoder, KeepsTheBitrateWhateverTheFrameRate) {
  test::NoisyPicture noise({320, 180});
  TierConfig config;
  config.bitrate = Bitrate::kbps(600);
  TierEncoder tier(config);
  video::Frame frame;
  frame.format = {PixelFormat::kI420, {320, 180}, {30, 1}};
  ASSERT_TRUE(tier.start(frame.format));
  int count = 0;
  const auto bytes_of_a_second = [&] {
    std::size_t sum = 0;
    for (int i = 0; i < 30; ++i) {
      const I420View view = noise.next();
      frame.planes = {video::Plane{view.y, view.stride_y, 0}, video::Plane{view.u, view.stride_uv, 0},
                      video::Plane{view.v, view.stride_uv, 0}};
      frame.captured_at = kStart + count++ * milliseconds(100) / 3;
      if (const auto packets = show(tier, frame, frame.captured_at).value()) sum += packets->bytes.size();
    }
    return static_cast<double>(sum);
  };
  (void)bytes_of_a_second();
  EXPECT_NEAR(bytes_of_a_second(), 75'000, 15'000);
  ASSERT_TRUE(tier.set_shape({{320, 180}, 10}));
  (void)bytes_of_a_second();
  EXPECT_NEAR(bytes_of_a_second(), 75'000, 15'000);
  ASSERT_TRUE(tier.set_bitrate(Bitrate::kbps(300)));
  (void)bytes_of_a_second();
  EXPECT_NEAR(bytes_of_a_second(), 37'500, 10'000);
}

TEST(TierEncoder, HandsOnThePartsOfAPictureInOrder) {
  std::vector<rtp::FramePacketsPtr> parts;
  TierConfig config;
  config.on_part = [&](rtp::FramePacketsPtr part) { parts.push_back(std::move(part)); };
  config.bitrate = Bitrate::kbps(8000);
  TierEncoder tier(config);
  test::NoisyPicture noise({640, 360});
  video::Frame frame;
  frame.format = {PixelFormat::kI420, {640, 360}, {30, 1}};
  ASSERT_TRUE(tier.start(frame.format));
  const I420View view = noise.next();
  frame.planes = {video::Plane{view.y, view.stride_y, 0}, video::Plane{view.u, view.stride_uv, 0},
                  video::Plane{view.v, view.stride_uv, 0}};
  frame.captured_at = kStart;
  parts.push_back(show(tier, frame, kStart, {77}).value());
  ASSERT_GE(parts.size(), 2u);
  std::size_t bytes = 0;
  rtp::PacketIndex next = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i]->keyframe, i == 0) << "decoding may begin at the first part only";
    EXPECT_EQ(parts[i]->ends_frame, i + 1 == parts.size());
    EXPECT_EQ(parts[i]->timestamp.value, 77u);
    EXPECT_EQ(parts[i]->captured_at, kStart);
    EXPECT_EQ(parts[i]->first_index, next);
    next = parts[i]->end_index();
    bytes += parts[i]->bytes.size();
  }
  EXPECT_EQ(tier.last_coded().bytes, bytes);
  EXPECT_TRUE(tier.last_coded().keyframe);
}

TEST(TierEncoder, CountsDamagedPicturesAndGoesOn) {
  Picture jpeg(PixelFormat::kYuyv, {160, 120});
  jpeg.frame.format.pixel = PixelFormat::kMjpeg;
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(jpeg.frame.format));
  const auto packets = show(tier, at(kStart, jpeg), kStart);
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
  const auto packets = show(tier, frame, kStart).value();
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
  const auto show_at = [&](const Bytes& bytes, Duration t) {
    ASSERT_TRUE(show(tier, camera.picture(bytes), kStart + t));
  };
  show_at(kCodedKeyframe, {});
  EXPECT_TRUE(tier.description()->can_request_keyframe);
  tier.request_keyframe();
  show_at(kCodedSlice, milliseconds(100));
  EXPECT_EQ(camera.asked, 1) << "half a second between two";
  show_at(kCodedSlice, milliseconds(600));
  show_at(kCodedSlice, milliseconds(633));
  EXPECT_EQ(camera.asked, 2) << "asked once, the answer is on its way";
  show_at(kCodedSlice, milliseconds(1133));
  EXPECT_EQ(camera.asked, 3) << "it never came";
  show_at(kCodedKeyframe, milliseconds(1166));
  show_at(kCodedSlice, milliseconds(3000));
  EXPECT_EQ(camera.asked, 3) << "the wish was granted";
}

TEST(TierEncoder, AsksACameraThatLostAPictureForAKeyframe) {
  EncodingCamera camera(true);
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(camera.format(), &camera));
  const auto show_nr = [&](const Bytes& bytes, std::uint32_t number) {
    video::Frame frame = camera.picture(bytes);
    frame.number = number;
    ASSERT_TRUE(show(tier, frame, kStart + milliseconds(33) * number));
  };
  show_nr(kCodedKeyframe, 0);
  for (std::uint32_t number = 1; number < 30; ++number) show_nr(kCodedSlice, number);
  EXPECT_EQ(camera.asked, 1);
  show_nr(kCodedSlice, 31);
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
  ASSERT_TRUE(show(tier, camera.picture(kCodedKeyframe), kStart));
  EXPECT_TRUE(tier.description()->can_set_bitrate);
}

TEST(TierEncoder, TellsWhatACameraCannotBeAsked) {
  EncodingCamera camera(false);
  TierEncoder tier({});
  ASSERT_TRUE(tier.start(camera.format(), &camera));
  ASSERT_TRUE(show(tier, camera.picture(kCodedKeyframe), kStart));
  EXPECT_FALSE(tier.description()->can_request_keyframe);
  EXPECT_FALSE(tier.description()->can_set_bitrate);
  tier.request_keyframe();
  ASSERT_TRUE(show(tier, camera.picture(kCodedSlice), kStart + seconds(1)));
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
  EXPECT_FALSE(show(unknown, at(kStart), kStart));

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
  EXPECT_FALSE(show(broken, at(kStart), kStart));
  ASSERT_TRUE(broken.start(kPicture.frame.format));
  EXPECT_FALSE(broken.set_bitrate(Bitrate::kbps(1)));
}

}  // namespace
}  // namespace perch::codec
