// One picture as a JPEG: from a pipeline that runs, or from a camera that is opened for it.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "hal/video/video_source.hpp"

namespace perch::codec {

/// At the source's size. kUnsupported: H.264, which nobody here decodes.
[[nodiscard]] Result<Bytes> jpeg_of(const video::Frame& frame);

/// Opens the source, waits for a picture, closes it again: blocks for some seconds at most. The first pictures are left
/// out, because cameras need them to find their exposure.
[[nodiscard]] Result<Bytes> take_snapshot(video::SourceRequest request);

/// Whoever wants the next picture of a running pipeline asks here.
class SnapshotTap {
 public:
  using Sink = std::function<void(Result<Bytes>)>;

  SnapshotTap() = default;
  /// Those who still wait are told that no picture came.
  ~SnapshotTap();
  SnapshotTap(const SnapshotTap&) = delete;
  SnapshotTap& operator=(const SnapshotTap&) = delete;

  /// `sink` is called once, on the video thread or by the destructor. Any thread.
  void ask(Sink sink);
  /// Costs a lock while nobody asks; a JPEG otherwise, some milliseconds that one frame comes later by. Video thread.
  void on_frame(const video::Frame& frame);

 private:
  [[nodiscard]] std::vector<Sink> take_waiting();

  std::mutex mutex_;
  std::vector<Sink> waiting_;  // under mutex_
};

}  // namespace perch::codec
