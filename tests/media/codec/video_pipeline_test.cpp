#include "media/codec/video_pipeline.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <vector>

#include "tests/media/codec/fake_source.hpp"
#include "tests/media/codec/pictures.hpp"
#include "tests/media/rtp/nal_samples.hpp"

namespace perch::codec {
namespace {

using test::FakeCamera;
using test::Picture;
using video::PixelFormat;

constexpr Duration kPatience = seconds(30);  // only a broken pipeline ever waits so long

/// What came out of a pipeline, with waiting for more of it.
class Outcome {
 public:
  VideoPipeline::Hooks hooks(FakeCamera& camera) {
    return {[&camera](const video::SourceRequest&) { return camera.open(); },
            [this](rtp::FramePacketsPtr packets) { add([&] { frames_.push_back(std::move(packets)); }); },
            [this](PipelineEvent event) { add([&] { events_.push_back(std::move(event)); }); }};
  }
  [[nodiscard]] bool wait_for_frames(std::size_t count) {
    return wait([&] { return frames_.size() >= count; });
  }
  [[nodiscard]] bool wait_for_events(std::size_t count) {
    return wait([&] { return events_.size() >= count; });
  }
  [[nodiscard]] rtp::FramePacketsPtr frame(std::size_t i) {
    const std::lock_guard lock(mutex_);
    return frames_.at(i);
  }
  [[nodiscard]] const PipelineStarted* started(std::size_t i) {
    const std::lock_guard lock(mutex_);
    return std::get_if<PipelineStarted>(&events_.at(i));
  }
  [[nodiscard]] const PipelineLost* lost(std::size_t i) {
    const std::lock_guard lock(mutex_);
    return std::get_if<PipelineLost>(&events_.at(i));
  }

 private:
  template <class F>
  void add(F change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  template <class F>
  bool wait(F done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, done);
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<rtp::FramePacketsPtr> frames_;
  std::deque<PipelineEvent> events_;  // a deque, so that pointers into it stay
};

std::unique_ptr<VideoPipeline> pipeline_of(FakeCamera& camera, Outcome& outcome) {
  VideoPipeline::Config config;
  config.timing = {milliseconds(1), milliseconds(4), kPatience};
  return VideoPipeline::create(config, outcome.hooks(camera)).value();
}

const Picture kPicture(PixelFormat::kYuyv, {160, 120});

TEST(VideoPipeline, TurnsPicturesIntoPacketsAndSaysWhatItStarted) {
  FakeCamera camera(kPicture.frame.format);
  Outcome outcome;
  const auto pipeline = pipeline_of(camera, outcome);
  ASSERT_TRUE(outcome.wait_for_events(1));
  ASSERT_TRUE(outcome.started(0));
  EXPECT_EQ(outcome.started(0)->source, "fake camera");
  EXPECT_EQ(outcome.started(0)->stream.encoder, "x264 superfast");
  EXPECT_EQ(outcome.started(0)->format, kPicture.frame.format);
  for (std::size_t i = 1; i <= 5; ++i) {
    camera.push(kPicture.frame);
    ASSERT_TRUE(outcome.wait_for_frames(i));
  }
  EXPECT_TRUE(outcome.frame(0)->keyframe);
  EXPECT_EQ(outcome.frame(4)->first_index, outcome.frame(3)->end_index());
  const PipelineStats stats = pipeline->stats();
  EXPECT_EQ(stats.frames, 5u);
  EXPECT_EQ(stats.keyframes, 1u);
  EXPECT_GT(stats.encode_p95, Duration{});
}

TEST(VideoPipeline, ReportsALostCameraAndGoesOnAfterReplug) {
  FakeCamera camera(kPicture.frame.format);
  Outcome outcome;
  const auto pipeline = pipeline_of(camera, outcome);
  camera.push(kPicture.frame);
  ASSERT_TRUE(outcome.wait_for_frames(1));
  camera.pull_out();
  ASSERT_TRUE(outcome.wait_for_events(2));
  ASSERT_TRUE(outcome.lost(1));
  EXPECT_EQ(outcome.lost(1)->error.code, Errc::kNotFound);
  camera.plug_in();
  camera.push(kPicture.frame);
  ASSERT_TRUE(outcome.wait_for_frames(2));
  ASSERT_TRUE(outcome.wait_for_events(3));
  EXPECT_TRUE(outcome.started(2));
  EXPECT_TRUE(outcome.frame(1)->keyframe);
  EXPECT_EQ(outcome.frame(1)->first_index, outcome.frame(0)->end_index());
  EXPECT_NE(outcome.frame(1)->timestamp, outcome.frame(0)->timestamp);
  EXPECT_EQ(pipeline->stats().opened, 2u);
}

TEST(VideoPipeline, ReportsACameraThatIsMissingAtTheStartOnce) {
  FakeCamera camera(kPicture.frame.format);
  camera.pull_out();
  std::atomic<int> tries{0};
  std::promise<void> tried_often;
  Outcome outcome;
  VideoPipeline::Config config;
  config.timing = {milliseconds(1), milliseconds(1), kPatience};
  auto hooks = outcome.hooks(camera);
  hooks.open = [&](const video::SourceRequest&) {
    if (++tries == 5) tried_often.set_value();
    return camera.open();
  };
  const auto pipeline = VideoPipeline::create(config, hooks).value();
  ASSERT_EQ(tried_often.get_future().wait_for(kPatience), std::future_status::ready);
  camera.plug_in();
  camera.push(kPicture.frame);
  ASSERT_TRUE(outcome.wait_for_frames(1));
  EXPECT_TRUE(outcome.lost(0));
  EXPECT_TRUE(outcome.started(1)) << "one report for five failures";
}

TEST(VideoPipeline, ReportsAnotherKindOfErrorOnlyWhenItStays) {
  FakeCamera camera(kPicture.frame.format);
  // A node that appears may not be opened before udev has set its permissions.
  const std::vector<Errc> errors{Errc::kNotFound,   Errc::kPermission, Errc::kNotFound,
                                 Errc::kPermission, Errc::kPermission, Errc::kPermission};
  std::size_t tries = 0;
  Outcome outcome;
  VideoPipeline::Config config;
  config.timing = {milliseconds(1), milliseconds(1), kPatience};
  auto hooks = outcome.hooks(camera);
  hooks.open = [&](const video::SourceRequest&) -> Result<std::unique_ptr<video::VideoSource>> {
    if (tries < errors.size()) return fail(errors[tries++], "not yet");
    return camera.open();
  };
  camera.push(kPicture.frame);
  const auto pipeline = VideoPipeline::create(config, hooks).value();
  ASSERT_TRUE(outcome.wait_for_events(3));
  ASSERT_TRUE(outcome.lost(0) && outcome.lost(1));
  EXPECT_EQ(outcome.lost(0)->error.code, Errc::kNotFound);
  EXPECT_EQ(outcome.lost(1)->error.code, Errc::kPermission);
  EXPECT_TRUE(outcome.started(2));
  EXPECT_EQ(pipeline->stats().failures, 0u) << "it was never open";
}

TEST(VideoPipeline, AsksForH264WithEncoderAutoAndForNoStandInOnceItHadACamera) {
  for (const char* encoder : {"auto", "x264"}) {
    FakeCamera camera(kPicture.frame.format);
    std::vector<video::SourceRequest> requests;
    Outcome outcome;
    VideoPipeline::Config config;
    config.timing = {milliseconds(1), milliseconds(1), kPatience};
    config.tier.encoder = encoder;
    config.tier.bitrate = Bitrate::kbps(700);
    auto hooks = outcome.hooks(camera);
    hooks.open = [&](const video::SourceRequest& request) {
      requests.push_back(request);
      return camera.open();
    };
    auto pipeline = VideoPipeline::create(config, hooks).value();
    ASSERT_TRUE(outcome.wait_for_events(1));
    camera.pull_out();
    ASSERT_TRUE(outcome.wait_for_events(2));
    camera.plug_in();
    camera.push(kPicture.frame);
    ASSERT_TRUE(outcome.wait_for_frames(1));
    EXPECT_EQ(pipeline->stats().failures, 1u);
    pipeline.reset();
    EXPECT_FALSE(requests.front().camera_only);
    EXPECT_TRUE(requests.back().camera_only);
    EXPECT_EQ(requests.front().prefer_h264, std::string("auto") == encoder);
    EXPECT_EQ(requests.front().bitrate, Bitrate::kbps(700));
  }
}

TEST(VideoPipeline, MakesASecondEncodeWhileItIsAskedFor) {
  FakeCamera camera(kPicture.frame.format);
  Outcome outcome;
  const auto pipeline = pipeline_of(camera, outcome);
  std::size_t frames = 0;
  const auto next_tiers = [&](std::size_t count) {
    camera.push(kPicture.frame);
    EXPECT_TRUE(outcome.wait_for_frames(frames + count));
    std::vector<rtp::Tier> tiers;
    for (std::size_t i = 0; i < count; ++i) tiers.push_back(outcome.frame(frames++)->tier);
    return tiers;
  };
  using rtp::Tier;
  EXPECT_EQ(next_tiers(1), std::vector{Tier::kMain});
  pipeline->set_low_bitrate(Bitrate::kbps(200));
  EXPECT_EQ(next_tiers(2), (std::vector{Tier::kMain, Tier::kLow}));
  EXPECT_TRUE(outcome.frame(frames - 1)->keyframe);
  EXPECT_EQ(outcome.frame(frames - 1)->timestamp, outcome.frame(frames - 2)->timestamp);
  EXPECT_EQ(pipeline->stats().frames, 2u) << "main's";
  pipeline->set_low_bitrate(std::nullopt);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next_tiers(1), std::vector{Tier::kMain});
}

TEST(VideoPipeline, CountsAPictureInPartsOnce) {
  FakeCamera camera({PixelFormat::kI420, {640, 360}, {30, 1}});
  Outcome outcome;
  VideoPipeline::Config config;
  config.in_parts = true;
  config.tier.encoder = "x264";
  config.tier.bitrate = Bitrate::kbps(8000);
  const auto pipeline = VideoPipeline::create(config, outcome.hooks(camera)).value();
  test::NoisyPicture noise({640, 360});
  const I420View view = noise.next();
  video::Frame frame;
  frame.planes = {video::Plane{view.y, view.stride_y, 0}, video::Plane{view.u, view.stride_uv, 0},
                  video::Plane{view.v, view.stride_uv, 0}};
  camera.push(frame);
  std::size_t parts = 0;
  std::size_t bytes = 0;
  do {
    ASSERT_TRUE(outcome.wait_for_frames(++parts));
    bytes += outcome.frame(parts - 1)->bytes.size();
  } while (!outcome.frame(parts - 1)->ends_frame);
  EXPECT_GE(parts, 2u);
  const PipelineStats stats = pipeline->stats();
  EXPECT_EQ(stats.frames, 1u);
  EXPECT_EQ(stats.keyframes, 1u);
  EXPECT_EQ(stats.bytes, bytes);
}

TEST(VideoPipeline, OpensACameraAgainWithTheControlsSetMeanwhile) {
  FakeCamera camera(kPicture.frame.format);
  std::vector<video::SourceRequest> requests;
  Outcome outcome;
  VideoPipeline::Config config;
  config.timing = {milliseconds(1), milliseconds(1), kPatience};
  config.source.controls = {"brightness=10"};
  auto hooks = outcome.hooks(camera);
  hooks.open = [&](const video::SourceRequest& request) {
    requests.push_back(request);
    return camera.open();
  };
  auto pipeline = VideoPipeline::create(config, hooks).value();
  ASSERT_TRUE(outcome.wait_for_events(1));
  pipeline->set_controls({"brightness=90", "contrast=5"});
  camera.pull_out();
  ASSERT_TRUE(outcome.wait_for_events(2));
  camera.plug_in();
  camera.push(kPicture.frame);
  ASSERT_TRUE(outcome.wait_for_frames(1));
  pipeline.reset();
  EXPECT_EQ(requests.front().controls, (std::vector<std::string>{"brightness=10"}));
  EXPECT_EQ(requests.back().controls, (std::vector<std::string>{"brightness=90", "contrast=5"}));
}

TEST(VideoPipeline, OpensASilentCameraAgain) {
  FakeCamera camera(kPicture.frame.format);
  Outcome outcome;
  VideoPipeline::Config config;
  config.timing = {milliseconds(1), milliseconds(1), milliseconds(20)};
  const auto pipeline = VideoPipeline::create(config, outcome.hooks(camera)).value();
  ASSERT_TRUE(outcome.wait_for_events(2));
  ASSERT_TRUE(outcome.lost(1));
  EXPECT_EQ(outcome.lost(1)->error.code, Errc::kUnavailable);
  camera.push(kPicture.frame);
  ASSERT_TRUE(outcome.wait_for_events(3));
  EXPECT_TRUE(outcome.started(2));
  EXPECT_GE(camera.opened(), 2);
}

TEST(VideoPipeline, TakesTheNewestOfQueuedPictures) {
  FakeCamera camera(kPicture.frame.format);
  for (int i = 0; i < 4; ++i) camera.push(kPicture.frame);
  Outcome outcome;
  const auto pipeline = pipeline_of(camera, outcome);
  ASSERT_TRUE(outcome.wait_for_frames(1));
  EXPECT_EQ(pipeline->stats().dropped, 3u);
  EXPECT_EQ(pipeline->stats().frames, 1u);
}

Bytes access_unit(const std::vector<Bytes>& nals) {
  Bytes stream;
  for (const Bytes& nal : nals) {
    stream.insert(stream.end(), {0, 0, 0, 1});
    stream.insert(stream.end(), nal.begin(), nal.end());
  }
  return stream;
}

TEST(VideoPipeline, PassesEveryH264PictureThrough) {
  FakeCamera camera({PixelFormat::kH264, {1280, 720}, {30, 1}});
  const Bytes slice = rtp::test::nal_of(rtp::NalType::kSlice, 700);
  camera.push(access_unit({slice}));  // before the first key frame: of no use
  camera.push(access_unit({rtp::test::kSps720p, rtp::test::kPps, rtp::test::nal_of(rtp::NalType::kIdrSlice, 2000)}));
  for (int i = 0; i < 20; ++i) camera.push(access_unit({slice}));
  Outcome outcome;
  const auto pipeline = pipeline_of(camera, outcome);
  ASSERT_TRUE(outcome.wait_for_frames(21));
  EXPECT_TRUE(outcome.frame(0)->keyframe);
  EXPECT_FALSE(outcome.frame(20)->keyframe);
  EXPECT_TRUE(std::ranges::equal(outcome.frame(20)->payload(0), slice));
  ASSERT_TRUE(outcome.started(0));
  EXPECT_EQ(
      outcome.started(0)->stream,
      (StreamDescription{"pass-through", true, "42c01f", {1280, 720}, false, false, "the source delivers H.264"}));
  EXPECT_EQ(pipeline->stats().dropped, 0u);
}

/// Does what it is told and remembers it: key frames when forced, never else.
class RecordingEncoder final : public H264Encoder {
 public:
  explicit RecordingEncoder(std::atomic<std::int64_t>& bitrate_bps) : bitrate_bps_(bitrate_bps) {}
  Result<EncodedFrame> encode(const I420View&, bool force_idr) override { return EncodedFrame{nals_, force_idr}; }
  Result<void> set_bitrate(Bitrate bitrate) override {
    bitrate_bps_ = bitrate.bps();
    return {};
  }
  std::string name() const override { return "recording"; }
  std::string profile_level_id() const override { return "42c01f"; }

 private:
  std::atomic<std::int64_t>& bitrate_bps_;
  Bytes nal_ = rtp::test::nal_of(rtp::NalType::kIdrSlice, 10);
  std::vector<ByteView> nals_{nal_};
};

VideoPipeline::Config recording_config(std::atomic<std::int64_t>& bitrate_bps) {
  VideoPipeline::Config config;
  config.tier.create_encoder = [&bitrate_bps](const EncoderConfig&) -> Result<std::unique_ptr<H264Encoder>> {
    return std::make_unique<RecordingEncoder>(bitrate_bps);
  };
  return config;
}

TEST(VideoPipeline, MakesAKeyframeWhenAskedAfterAQuietPeriod) {
  FakeCamera camera(kPicture.frame.format);
  Outcome outcome;
  std::atomic<std::int64_t> bitrate_bps{0};
  const auto pipeline = VideoPipeline::create(recording_config(bitrate_bps), outcome.hooks(camera)).value();
  const TimePoint begun = monotonic_now();
  camera.push(kPicture.frame);
  ASSERT_TRUE(outcome.wait_for_frames(1));
  pipeline->request_keyframe();
  // Frame after frame, no sleeping: the gate opens half a second after the first key frame and not before.
  std::size_t count = 1;
  while (!outcome.frame(count - 1)->keyframe || count == 1) {
    camera.push(kPicture.frame);
    ASSERT_TRUE(outcome.wait_for_frames(++count));
    ASSERT_LT(monotonic_now() - begun, kPatience);
  }
  EXPECT_GE(outcome.frame(count - 1)->captured_at - outcome.frame(0)->captured_at,
            KeyframeGate::kMinInterval - milliseconds(50));
  EXPECT_EQ(pipeline->stats().keyframes, 2u);
}

TEST(VideoPipeline, HandsTheNewestBitrateToTheEncoder) {
  FakeCamera camera(kPicture.frame.format);
  Outcome outcome;
  std::atomic<std::int64_t> bitrate_bps{0};
  const auto pipeline = VideoPipeline::create(recording_config(bitrate_bps), outcome.hooks(camera)).value();
  pipeline->set_bitrate(Bitrate::kbps(300));
  pipeline->set_bitrate(Bitrate::kbps(700));
  camera.push(kPicture.frame);
  ASSERT_TRUE(outcome.wait_for_frames(1));
  EXPECT_EQ(bitrate_bps, 700'000);
}

TEST(VideoPipeline, ReportsAnEncoderThatCannotBeMade) {
  FakeCamera camera(kPicture.frame.format);
  Outcome outcome;
  VideoPipeline::Config config;
  config.tier.encoder = "nonsense";
  const auto pipeline = VideoPipeline::create(config, outcome.hooks(camera)).value();
  ASSERT_TRUE(outcome.wait_for_events(1));
  EXPECT_EQ(outcome.lost(0)->error.code, Errc::kUnsupported);
  EXPECT_FALSE(camera.is_open());
}

TEST(VideoPipeline, ClosesTheCameraWhenDestroyedWhateverItWaitsFor) {
  FakeCamera camera(kPicture.frame.format);
  for (const bool plugged : {true, false}) {
    if (!plugged) camera.pull_out();
    Outcome outcome;
    VideoPipeline::Config config;
    config.timing = {kPatience, kPatience, kPatience};
    auto pipeline = VideoPipeline::create(config, outcome.hooks(camera)).value();
    ASSERT_TRUE(outcome.wait_for_events(1));
    const TimePoint begun = monotonic_now();
    pipeline.reset();
    EXPECT_LT(monotonic_now() - begun, kPatience / 2);
    EXPECT_FALSE(camera.is_open());
  }
}

}  // namespace
}  // namespace perch::codec
