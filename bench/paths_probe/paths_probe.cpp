// One camera path without the network, for bench/paths: source → (decoder) → encoder → RTP payloads, which are counted.
// Prints one line of JSON per window: when it began and ended, frames, bytes, this process's CPU time and memory.
//
//   perch_paths_probe yuyv:FILE | mjpeg:FILE | SOURCE | m2m:SOURCE [SECONDS]
//
// FILE holds 1280x720 pictures, replayed from memory at 30 per second. SOURCE is what [video] source takes.
#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "bench/paths_probe/m2m_run.hpp"
#include "bench/paths_probe/replay_source.hpp"
#include "media/codec/video_pipeline.hpp"

namespace {

using namespace perch;

constexpr Size kSize{1280, 720};
constexpr Duration kWarmUp = seconds(2);  // the encoder's rate control settles, memory is touched

double cpu_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + 1e-9 * static_cast<double>(spent.tv_nsec);
}

long peak_memory_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

struct Sample {
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  double cpu_s = cpu_seconds();
  TimePoint at = monotonic_now();
};

/// Waits for the window to pass; the work is done by another thread. "begin" and "end" are for who measures from
/// outside.
template <class Count>
void measure(Duration window, const std::string& what, Count count) {
  std::this_thread::sleep_for(kWarmUp);
  std::puts("begin");
  std::fflush(stdout);
  const Sample first = count();
  std::this_thread::sleep_for(window);
  const Sample last = count();
  const double elapsed_s = std::chrono::duration<double>(last.at - first.at).count();
  std::puts("end");
  std::printf(
      "{\"path\":\"%s\",\"seconds\":%.3f,\"fps\":%.2f,\"kbit_per_s\":%.0f,\"cpu_percent\":%.3f,\"peak_kb\":%ld}\n",
      what.c_str(), elapsed_s, static_cast<double>(last.frames - first.frames) / elapsed_s,
      static_cast<double>(last.bytes - first.bytes) * 8 / 1000 / elapsed_s,
      100 * (last.cpu_s - first.cpu_s) / elapsed_s, peak_memory_kb());
  std::fflush(stdout);
}

Result<std::unique_ptr<video::VideoSource>> open_path(const video::SourceRequest& request) {
  const std::string& name = request.source;
  if (name.starts_with("yuyv:"))
    return video::open_replay(name.substr(5), {video::PixelFormat::kYuyv, kSize, request.rate}, monotonic_now());
  if (name.starts_with("mjpeg:"))
    return video::open_replay(name.substr(6), {video::PixelFormat::kMjpeg, kSize, request.rate}, monotonic_now());
  return video::open_video_source(request);
}

int run_pipeline(const std::string& name, Duration window) {
  codec::VideoPipeline::Config config;
  config.source.source = name;
  std::atomic<bool> failed{false};
  codec::VideoPipeline::Hooks hooks;
  hooks.open = open_path;
  hooks.on_frame = [](const rtp::FramePacketsPtr&) {};
  hooks.on_event = [&](const codec::PipelineEvent& event) {
    const auto* const lost = std::get_if<codec::PipelineLost>(&event);
    if (!lost) return;
    std::fprintf(stderr, "paths_probe: %s\n", lost->error.message().c_str());
    failed = true;
  };
  const auto pipeline = codec::VideoPipeline::create(config, hooks);
  if (!pipeline) return 1;
  measure(window, name, [&] {
    const codec::PipelineStats stats = (*pipeline)->stats();
    return Sample{stats.frames, stats.bytes};
  });
  return failed ? 1 : 0;
}

int run_m2m(const std::string& name, Duration window) {
  const auto camera = video::open_video_source({.source = name, .size = kSize});
  if (!camera) return std::fprintf(stderr, "paths_probe: %s\n", camera.error().message().c_str()), 1;
  std::atomic<bool> stop{false};
  video::M2mTotals totals;
  Result<void> outcome;
  std::thread worker([&] { outcome = video::run_m2m(**camera, stop, totals); });
  measure(window, "m2m", [&] { return Sample{totals.frames, totals.bytes}; });
  stop = true;
  worker.join();
  std::fprintf(stderr, "paths_probe: %s\n", totals.zero_copy ? "zero copy" : "copied into the encoder's buffers");
  if (!outcome) std::fprintf(stderr, "paths_probe: %s\n", outcome.error().message().c_str());
  return outcome ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return std::fprintf(stderr, "usage: perch_paths_probe PATH [SECONDS]\n"), 2;
  const std::string name = words[1];
  const Duration window = seconds(count > 2 ? std::atoi(words[2]) : 10);
  return name.starts_with("m2m:") ? run_m2m(name.substr(4), window) : run_pipeline(name, window);
}
