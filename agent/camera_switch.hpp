// Opens the camera for the first viewer and closes it a while after the last.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "hal/base/event_loop.hpp"
#include "hal/base/thread.hpp"
#include "media/codec/video_pipeline.hpp"

namespace perch::agent {

/// Thread: ctl. Owns the video pipeline, and with it the video thread.
class CameraSwitch {
 public:
  struct Callbacks {
    std::function<void(rtp::FramePacketsPtr)> on_frame;         ///< on the video thread, must not block
    std::function<void(const codec::PipelineEvent&)> on_event;  ///< on ctl
    std::function<void()> on_closed;                            ///< on ctl: no more frames come
  };

  CameraSwitch(EventLoop& loop, codec::VideoPipeline::Config config, Duration linger, Callbacks callbacks);
  ~CameraSwitch();

  /// How many viewers there are now: more than none opens, none starts the linger time.
  void on_viewers(std::size_t viewers);
  /// At once, whoever watches; the next on_viewers() may open it again.
  void close_now();
  /// A picture of what runs, or of a camera opened for it; `sink` is called on ctl.
  void take_snapshot(codec::SnapshotTap::Sink sink);
  [[nodiscard]] bool is_open() const { return pipeline_ != nullptr; }
  /// Totals over all openings; encode times of the last.
  [[nodiscard]] codec::PipelineStats totals() const;
  /// Totals since the camera was opened; nothing while it is closed.
  [[nodiscard]] std::optional<codec::PipelineStats> stats() const;
  /// Upper limit of the encoded video, from the next frame on.
  void set_max_bitrate(Bitrate limit);
  void request_keyframe(rtp::Tier tier = rtp::Tier::kMain);
  /// What the encoders are to make, also of a camera that opens later; without `low` there is no second encode.
  void set_rates(Bitrate main, std::optional<Bitrate> low);
  /// "brightness=128": set again each time the camera opens. The camera itself has been told already.
  void remember_control(const std::string& setting);

 private:
  void start();
  void close();
  void apply_rates();

  EventLoop& loop_;
  codec::VideoPipeline::Config config_;
  const Duration linger_;
  const Callbacks callbacks_;
  Timer linger_timer_;
  /// Events of a pipeline that is closed already are still on their way through the loop: each carries its number.
  std::uint64_t generation_ = 0;
  std::optional<Bitrate> main_rate_;
  std::optional<Bitrate> low_rate_;
  codec::PipelineStats past_;  ///< of the pipelines before
  std::unique_ptr<codec::VideoPipeline> pipeline_;
  bool snapshot_runs_ = false;
  Thread snapshot_;  ///< opens a closed camera, which takes seconds
};

}  // namespace perch::agent
