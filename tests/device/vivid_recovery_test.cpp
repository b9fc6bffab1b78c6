// A driver that errs, a camera that falls silent, a cable that is pulled: the pipeline comes back by itself, in time,
// and leaves nothing behind.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/device/pipeline_probe.hpp"
#include "tests/device/vivid.hpp"

namespace perch::codec {
namespace {

constexpr const char* kCamera = "/dev/video0";

std::unique_ptr<VideoPipeline> start(PipelineProbe& probe, const char* source = kCamera, const char* encoder = "x264") {
  VideoPipeline::Config config;
  config.source = {.source = source, .size = {320, 180}, .rate = {30, 1}};
  config.tier.encoder = encoder;
  return VideoPipeline::create(config, probe.hooks()).value();
}

struct Injection {
  const char* name;
  bool before_opening;  ///< it hits the next opening, not the stream
};
class VividRecovery : public testing::TestWithParam<Injection> {};

TEST_P(VividRecovery, DriverErrorEndsInFreshPictures) {
  PipelineProbe probe;
  std::unique_ptr<VideoPipeline> pipeline;
  if (GetParam().before_opening) {
    ASSERT_TRUE(video::set_control(kCamera, GetParam().name, 1));
    pipeline = start(probe);
  } else {
    pipeline = start(probe);
    ASSERT_TRUE(probe.next_started());
    ASSERT_TRUE(probe.wait_for_more_frames(3));
    ASSERT_TRUE(video::set_control(kCamera, GetParam().name, 1));
  }
  const auto lost = probe.next_lost();
  ASSERT_TRUE(lost);
  EXPECT_NE(lost->error.message().find(kCamera), std::string::npos) << lost->error.message();
  ASSERT_TRUE(probe.next_started());
  EXPECT_TRUE(probe.wait_for_more_frames(10));
  EXPECT_EQ(pipeline->stats().opened, GetParam().before_opening ? 1u : 2u);
  EXPECT_EQ(pipeline->stats().failures, GetParam().before_opening ? 0u : 1u);
}

INSTANTIATE_TEST_SUITE_P(Injections, VividRecovery,
                         testing::Values(Injection{"Inject VIDIOC_REQBUFS Error", true},
                                         Injection{"Inject VIDIOC_STREAMON Error", true},
                                         Injection{"Inject VIDIOC_QBUF Error", false},
                                         Injection{"Inject Fatal Streaming Error", false},
                                         Injection{"Disconnect", false}),
                         [](const auto& a_case) {
                           std::string name = a_case.param.name;
                           std::erase_if(name, [](char c) { return c == ' ' || c == '_'; });
                           return name;
                         });

TEST(VividPipeline, EncoderAutoSaysWhyItTookX264) {
  PipelineProbe probe;
  const auto pipeline = start(probe, kCamera, "auto");
  const auto started = probe.next_started();
  ASSERT_TRUE(started);
  EXPECT_EQ(started->stream.encoder.substr(0, 4), "x264");
  EXPECT_EQ(started->stream.reason, "no H.264 from the camera, no M2M encoder found");
}

TEST(VividPipeline, EncoderThatIsNotThereIsToldByName) {
  PipelineProbe probe;
  const auto pipeline = start(probe, kCamera, "v4l2m2m");
  const auto lost = probe.next_lost();
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->error.code, Errc::kNotFound);
  EXPECT_EQ(lost->error.context, "no M2M encoder found");
}

TEST(VividPipeline, CountsFramesThatTheDriverDisowns) {
  PipelineProbe probe;
  const auto pipeline = start(probe);
  ASSERT_TRUE(probe.next_started());
  for (int n = 0; n < 3; ++n) {
    ASSERT_TRUE(probe.wait_for_more_frames(3));
    ASSERT_TRUE(video::set_control(kCamera, "Inject V4L2_BUF_FLAG_ERROR", 1));
  }
  ASSERT_TRUE(probe.wait_for_more_frames(5));
  EXPECT_EQ(pipeline->stats().damaged, 3u);
  EXPECT_GE(pipeline->stats().missed, 3u);
  EXPECT_EQ(pipeline->stats().failures, 0u) << "no reason to open it again";
}

TEST(VividPipeline, LivesWithDroppedFramesAndCountsThem) {
  PipelineProbe probe;
  ASSERT_TRUE(video::set_control(kCamera, "Percentage of Dropped Buffers", 50));
  const auto pipeline = start(probe);
  const bool delivered = probe.wait_for_more_frames(20);
  EXPECT_TRUE(video::set_control(kCamera, "Percentage of Dropped Buffers", 0));
  EXPECT_TRUE(delivered);
  EXPECT_GE(pipeline->stats().missed, 1u);
  EXPECT_EQ(pipeline->stats().failures, 0u);
}

TEST(VividPipeline, OpensACameraThatFellSilentAgain) {
  PipelineProbe probe;
  const auto pipeline = start(probe);
  ASSERT_TRUE(probe.next_started());
  ASSERT_TRUE(video::set_control(kCamera, "Percentage of Dropped Buffers", 100));
  const auto lost = probe.next_lost();
  EXPECT_TRUE(probe.wait_until_open(3)) << "tried while it stays silent";
  EXPECT_TRUE(video::set_control(kCamera, "Percentage of Dropped Buffers", 0));
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->error.code, Errc::kUnavailable);
  EXPECT_TRUE(probe.next_started());
  EXPECT_TRUE(probe.wait_for_more_frames(5));
}

TEST(VividPipeline, WithSourceAutoWaitsForTheCameraItHad) {
  PipelineProbe probe;
  const auto pipeline = start(probe, "auto");
  const auto first = probe.next_started();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->source, "/dev/video0 (vivid)");
  ASSERT_TRUE(video::unplug_vivid(0));
  ASSERT_TRUE(probe.next_lost());
  ASSERT_TRUE(video::plug_in_vivid(0));
  const auto second = probe.next_started();
  ASSERT_TRUE(second);
  EXPECT_NE(second->source, "test pattern");
}

struct Footprint {
  std::size_t files = 0;
  long resident_kb = 0;
  static Footprint now() {
    const std::filesystem::directory_iterator fds("/proc/self/fd");
    long total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return {static_cast<std::size_t>(std::distance(begin(fds), end(fds))), resident * (sysconf(_SC_PAGESIZE) / 1024)};
  }
};

TEST(VividPipeline, SurvivesFiftyPulledCablesInTimeAndWithoutATrace) {
  constexpr int kCycles = 50, kWarmUp = 5;
  PipelineProbe probe;
  const auto pipeline = start(probe);
  ASSERT_TRUE(probe.next_started());
  Footprint before;
  std::vector<std::int64_t> back_ms;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    const TimePoint pulled = monotonic_now();
    bool unplugged = false;
    // The driver may hold the one who pulls until the last user has closed.
    Thread cable("cable", [&] { unplugged = video::unplug_vivid(0); });
    const auto lost = probe.next_lost();
    ASSERT_TRUE(lost);
    EXPECT_LE(to_ms(monotonic_now() - pulled), 1000) << "told in time, cycle " << cycle;
    EXPECT_EQ(lost->error.code, Errc::kNotFound) << lost->error.message();
    cable.join();
    ASSERT_TRUE(unplugged);
    const TimePoint plugged = monotonic_now();
    ASSERT_TRUE(video::plug_in_vivid(0));
    ASSERT_TRUE(probe.next_started()) << "comes with the first picture";
    back_ms.push_back(to_ms(monotonic_now() - plugged));
    if (cycle == kWarmUp) before = Footprint::now();
  }
  const Footprint after = Footprint::now();
  std::ranges::sort(back_ms);
  std::printf("replug_ms_median=%ld replug_ms_max=%ld resident_kb_before=%ld resident_kb_after=%ld\n",
              static_cast<long>(back_ms[kCycles / 2]), static_cast<long>(back_ms.back()), before.resident_kb,
              after.resident_kb);
  EXPECT_LE(back_ms.back(), 2000);
  EXPECT_EQ(after.files, before.files);
  EXPECT_LE(after.resident_kb - before.resident_kb, 1024);
  EXPECT_EQ(pipeline->stats().failures, static_cast<std::uint64_t>(kCycles));
}

}  // namespace
}  // namespace perch::codec
