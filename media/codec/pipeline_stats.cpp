#include "media/codec/pipeline_stats.hpp"

#include <algorithm>

namespace perch::codec {

PipelineStats& PipelineStats::operator+=(const PipelineStats& earlier) {
  frames += earlier.frames;
  keyframes += earlier.keyframes;
  dropped += earlier.dropped;
  missed += earlier.missed;
  damaged += earlier.damaged;
  bytes += earlier.bytes;
  tries += earlier.tries;
  opened += earlier.opened;
  failures += earlier.failures;
  return *this;
}

void PipelineCounters::on_try() {
  const std::lock_guard lock(mutex_);
  ++totals_.tries;
}

void PipelineCounters::on_opened() {
  const std::lock_guard lock(mutex_);
  ++totals_.opened;
}

void PipelineCounters::on_dropped() {
  const std::lock_guard lock(mutex_);
  ++totals_.dropped;
}

void PipelineCounters::on_failure() {
  const std::lock_guard lock(mutex_);
  ++totals_.failures;
}

void PipelineCounters::on_missed(std::uint64_t frames) {
  const std::lock_guard lock(mutex_);
  totals_.missed += frames;
}

void PipelineCounters::on_damaged_total(std::uint64_t damaged) {
  const std::lock_guard lock(mutex_);
  totals_.damaged = damaged;
}

void PipelineCounters::on_frame(std::size_t bytes, bool keyframe, Duration encode_time) {
  const std::lock_guard lock(mutex_);
  encode_times_[totals_.frames % kWindow] = encode_time;
  ++totals_.frames;
  totals_.keyframes += keyframe ? 1 : 0;
  totals_.bytes += bytes;
}

PipelineStats PipelineCounters::read() const {
  std::unique_lock lock(mutex_);
  PipelineStats stats = totals_;
  std::array<Duration, kWindow> times = encode_times_;
  lock.unlock();
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(stats.frames, kWindow));
  if (count == 0) return stats;
  const auto end = times.begin() + static_cast<std::ptrdiff_t>(count);
  std::sort(times.begin(), end);
  stats.encode_p50 = times[(count - 1) / 2];
  stats.encode_p95 = times[(count - 1) * 95 / 100];
  return stats;
}

}  // namespace perch::codec
