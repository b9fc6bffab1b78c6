// What the video thread did so far, readable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include "hal/base/time.hpp"

namespace perch::codec {

/// Totals since the pipeline was made; encode times over the last frames.
struct PipelineStats {
  std::uint64_t frames = 0;     ///< handed on
  std::uint64_t keyframes = 0;  ///< of those
  std::uint64_t dropped = 0;    ///< by us, because a newer one was there already
  std::uint64_t missed = 0;     ///< numbered by the source, never encoded: not delivered, damaged or passed over
  std::uint64_t damaged = 0;    ///< pictures that the driver disowned or that could not be decoded
  std::uint64_t bytes = 0;      ///< of RTP payload
  std::uint64_t tries = 0;      ///< to open the source
  std::uint64_t opened = 0;     ///< how often the source was opened
  std::uint64_t failures = 0;   ///< how often a source that was open was closed because of an error
  Duration encode_p50{};        ///< frame read → packets ready
  Duration encode_p95{};

  /// Adds the counts of an earlier pipeline.
  PipelineStats& operator+=(const PipelineStats& earlier);
};

/// Any thread. The lock is held for a few additions only.
class PipelineCounters {
 public:
  void on_try();
  void on_opened();
  void on_failure();
  void on_dropped();
  void on_missed(std::uint64_t frames);
  void on_damaged_total(std::uint64_t damaged);
  void on_frame(std::size_t bytes, bool keyframe, Duration encode_time);
  [[nodiscard]] PipelineStats read() const;

 private:
  static constexpr std::size_t kWindow = 256;  // frames: about 8 s

  mutable std::mutex mutex_;
  PipelineStats totals_;
  std::array<Duration, kWindow> encode_times_{};
};

}  // namespace perch::codec
