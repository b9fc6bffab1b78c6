#include "media/codec/video_tiers.hpp"

#include <gtest/gtest.h>

#include "tests/media/codec/pictures.hpp"
#include "tests/media/rtp/nal_samples.hpp"

namespace perch::codec {
namespace {

using test::Picture;
using video::PixelFormat;

const TimePoint kStart{seconds(50)};
constexpr Duration kInterval = microseconds(33'334);
constexpr Bitrate kPlenty = Bitrate::kbps(2000);

/// Key frames when asked for one, never else, and no work: where many pictures are shown, x264 would take minutes under
/// an emulator.
class PlainEncoder final : public H264Encoder {
 public:
  Result<EncodedFrame> encode(const I420View&, bool force_idr) override { return EncodedFrame{nals_, force_idr}; }
  Result<void> set_bitrate(Bitrate) override { return {}; }
  std::string name() const override { return "plain"; }
  std::string profile_level_id() const override { return "42c01f"; }

 private:
  Bytes nal_ = rtp::test::nal_of(rtp::NalType::kIdrSlice, 10);
  std::vector<ByteView> nals_{nal_};
};

Result<std::unique_ptr<H264Encoder>> make_plain(const EncoderConfig&) { return std::make_unique<PlainEncoder>(); }

VideoTiers::Config plain_config() {
  VideoTiers::Config config;
  config.main.create_encoder = make_plain;
  return config;
}

/// A camera of 30 pictures per second in front of both tiers.
class Stage {
 public:
  explicit Stage(VideoTiers::Config config = {}, Size size = {1280, 720})
      : picture_(PixelFormat::kNv12, size), tiers_(with_sink(std::move(config))) {
    EXPECT_TRUE(tiers_.start(picture_.frame.format));
  }
  VideoTiers& tiers() { return tiers_; }
  /// Shows that many pictures under that target; what came out is in main() and low().
  void show(int pictures, Bitrate main = kPlenty) {
    main_.clear();
    low_.clear();
    for (int i = 0; i < pictures; ++i) {
      video::Frame frame = picture_.frame;
      frame.captured_at = kStart + count_++ * kInterval;
      ASSERT_TRUE(tiers_.set_main_bitrate(frame.captured_at, main));
      ASSERT_TRUE(tiers_.on_frame(frame, frame.captured_at));
    }
  }
  const std::vector<rtp::FramePacketsPtr>& main() const { return main_; }
  const std::vector<rtp::FramePacketsPtr>& low() const { return low_; }

 private:
  VideoTiers::Config with_sink(VideoTiers::Config config) {
    config.on_packets = [this](rtp::FramePacketsPtr packets) {
      (packets->tier == rtp::Tier::kMain ? main_ : low_).push_back(std::move(packets));
    };
    return config;
  }

  Picture picture_;
  std::vector<rtp::FramePacketsPtr> main_;
  std::vector<rtp::FramePacketsPtr> low_;
  VideoTiers tiers_;
  int count_ = 0;
};

TEST(VideoTiers, MakesLowOnlyWhileItIsAskedFor) {
  Stage stage;
  stage.show(4);
  EXPECT_EQ(stage.main().size(), 4u);
  EXPECT_TRUE(stage.low().empty());
  EXPECT_FALSE(stage.tiers().low().description()) << "no encoder";
  stage.tiers().set_low_bitrate(Bitrate::kbps(200));
  stage.show(10);
  EXPECT_EQ(stage.main().size(), 10u);
  EXPECT_EQ(stage.low().size(), 5u) << "every second picture";
  EXPECT_EQ(stage.tiers().low().description()->size, (Size{640, 360}));
  EXPECT_TRUE(stage.low().front()->keyframe);
  const rtp::PacketIndex next = stage.low().back()->end_index();
  stage.tiers().set_low_bitrate(std::nullopt);
  stage.show(4);
  EXPECT_TRUE(stage.low().empty());
  EXPECT_FALSE(stage.tiers().low().description()) << "its memory is free";
  stage.tiers().set_low_bitrate(Bitrate::kbps(200));
  stage.show(2);
  EXPECT_TRUE(stage.low().front()->keyframe);
  EXPECT_EQ(stage.low().front()->first_index, next);
}

TEST(VideoTiers, StampBothEncodesOfAPictureAlike) {
  VideoTiers::Config config;
  config.timestamp_offset = 5000;
  Stage stage(config);
  stage.show(3);
  EXPECT_EQ(stage.main()[0]->timestamp.value, 5000u);
  EXPECT_EQ(stage.main()[2]->timestamp.value, 11'000u);
  stage.tiers().set_low_bitrate(Bitrate::kbps(200));
  stage.show(3);
  EXPECT_EQ(stage.low()[0]->timestamp.value, stage.main()[0]->timestamp.value);
  EXPECT_EQ(stage.low()[1]->timestamp.value, stage.main()[2]->timestamp.value);
  EXPECT_EQ(stage.low()[1]->captured_at, stage.main()[2]->captured_at);
}

TEST(VideoTiers, TimeGoesOnAcrossSources) {
  Stage stage;
  stage.show(3);
  const auto before = stage.main().back();
  stage.tiers().stop();
  ASSERT_TRUE(stage.tiers().start({PixelFormat::kNv12, {1280, 720}, {30, 1}}));
  stage.show(1);
  EXPECT_TRUE(stage.main()[0]->keyframe);
  EXPECT_EQ(stage.main()[0]->timestamp.value, before->timestamp.value + 3000);
  EXPECT_EQ(stage.main()[0]->first_index, before->end_index());
}

TEST(VideoTiers, GrantEachTierItsOwnKeyframes) {
  Stage stage(plain_config());
  stage.tiers().set_low_bitrate(Bitrate::kbps(200));
  stage.show(60);
  stage.tiers().request_keyframe(rtp::Tier::kLow);
  stage.show(2);
  EXPECT_FALSE(stage.main()[0]->keyframe);
  EXPECT_TRUE(stage.low()[0]->keyframe);
  stage.tiers().request_keyframe(rtp::Tier::kMain);
  stage.show(2);
  EXPECT_TRUE(stage.main()[0]->keyframe);
  EXPECT_FALSE(stage.low()[0]->keyframe);
}

TEST(VideoTiers, ALowEncoderThatFailsDoesNotDisturbMain) {
  class Broken final : public H264Encoder {
    Result<EncodedFrame> encode(const I420View&, bool) override { return fail(Errc::kInternal, "broken"); }
    Result<void> set_bitrate(Bitrate) override { return {}; }
    std::string name() const override { return "broken"; }
    std::string profile_level_id() const override { return "42c01f"; }
  };
  VideoTiers::Config config;
  config.main.encoder = "x264";
  int made = 0;
  config.main.create_encoder = [&](const EncoderConfig& wanted) -> Result<std::unique_ptr<H264Encoder>> {
    if (wanted.size != VideoTiers::kLowSize) return make_plain(wanted);
    ++made;
    if (made == 1) return std::make_unique<Broken>();
    if (made == 2) return fail(Errc::kInternal, "not even opened");
    return make_plain(wanted);
  };
  Stage stage(config);
  stage.tiers().set_low_bitrate(Bitrate::kbps(200));
  stage.show(120);
  EXPECT_EQ(stage.main().size(), 120u);
  EXPECT_TRUE(stage.low().empty());
  EXPECT_EQ(made, 1) << "not with every picture";
  stage.show(240);
  EXPECT_EQ(stage.main().size(), 240u);
  EXPECT_EQ(made, 3);
  EXPECT_FALSE(stage.low().empty()) << "the third try did it";
}

TEST(VideoTiers, MainShrinksWithTheNetworkAndGrowsAgain) {
  Stage stage(plain_config());
  stage.show(30);
  const rtp::PacketIndex next = stage.main().back()->end_index();
  stage.show(90, Bitrate::kbps(250));
  EXPECT_EQ(stage.tiers().main().description()->size, (Size{960, 540}));
  EXPECT_EQ(stage.tiers().main().description()->fps, 15);
  EXPECT_LT(stage.main().size(), 65u);
  EXPECT_EQ(std::ranges::count_if(stage.main(), [](const auto& packets) { return packets->keyframe; }), 1)
      << "of the new size";
  EXPECT_EQ(stage.main().front()->first_index, next);
  stage.show(30 * 20);
  EXPECT_EQ(stage.tiers().main().description()->size, (Size{1280, 720}));
  EXPECT_EQ(stage.tiers().main().description()->fps, 30);
}

TEST(VideoTiers, PassThroughHasNoLowAndKeepsItsSize) {
  Bytes stream;
  for (const Bytes& nal : {rtp::test::kSps720p, rtp::test::kPps, rtp::test::nal_of(rtp::NalType::kIdrSlice, 300)}) {
    stream.insert(stream.end(), {0, 0, 1});
    stream.insert(stream.end(), nal.begin(), nal.end());
  }
  std::vector<rtp::FramePacketsPtr> out;
  VideoTiers::Config config;
  config.on_packets = [&](rtp::FramePacketsPtr packets) { out.push_back(std::move(packets)); };
  VideoTiers tiers(config);
  video::Frame frame;
  frame.format = {PixelFormat::kH264, {1280, 720}, {30, 1}};
  frame.planes[0] = {stream.data(), 0, stream.size()};
  ASSERT_TRUE(tiers.start(frame.format));
  tiers.set_low_bitrate(Bitrate::kbps(200));
  for (int i = 0; i < 90; ++i) {
    frame.captured_at = kStart + i * milliseconds(33);
    frame.number = static_cast<std::uint32_t>(i);
    ASSERT_TRUE(tiers.set_main_bitrate(frame.captured_at, Bitrate::kbps(100)));
    ASSERT_TRUE(tiers.on_frame(frame, frame.captured_at));
  }
  EXPECT_EQ(out.size(), 90u);
  EXPECT_EQ(tiers.main().description()->size, (Size{1280, 720}));
}

}  // namespace
}  // namespace perch::codec
