// The video thread: from an open camera to RTP payloads, and back to an open camera when it was pulled out.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "hal/base/thread.hpp"
#include "hal/base/unique_fd.hpp"
#include "hal/video/device_watch.hpp"
#include "hal/video/video_source.hpp"
#include "media/codec/pipeline_stats.hpp"
#include "media/codec/retry_backoff.hpp"
#include "media/codec/snapshot.hpp"
#include "media/codec/video_tiers.hpp"

namespace perch::codec {

/// The source is open and its stream known. Comes again with the first picture after each Lost, and when the
/// description changed.
struct PipelineStarted {
  std::string source;  ///< description of the source, for logs
  video::VideoFormat format;
  StreamDescription stream;
};
/// No pictures for now; the pipeline keeps trying. Comes once per outage, again only when the kind of error changed for
/// good: a node that just appeared may not be opened until its permissions are set.
struct PipelineLost {
  Error error;
};
using PipelineEvent = std::variant<PipelineStarted, PipelineLost>;

/// How the daemon waits; tests make it shorter.
struct PipelineTiming {
  Duration retry_first = milliseconds(250);  ///< and as soon as a video node appears
  Duration retry_max = seconds(2);
  Duration stall = seconds(2);  ///< a source silent for so long is closed and opened again
};

/// Opens its source on a thread of its own as soon as it is made and closes it when destroyed.
class VideoPipeline {
 public:
  struct Config {
    video::SourceRequest source;
    TierConfig tier;                     ///< of main; its on_part is set by the pipeline
    std::uint32_t timestamp_offset = 0;  ///< RFC 3550 §5.1: a random number
    Degrade degrade = Degrade::kBalanced;
    double min_fps = 15;  ///< see QualityLadder
    /// Main's pictures come in parts as they are being encoded, see rtp::FramePackets::ends_frame.
    bool in_parts = false;
    PipelineTiming timing;
  };
  /// Called on the video thread, perhaps before create() returned, never after the destructor did. They must not block,
  /// nor call back but for request_keyframe() and the setters.
  struct Hooks {
    std::function<Result<std::unique_ptr<video::VideoSource>>(const video::SourceRequest&)> open =
        video::open_video_source;
    std::function<void(rtp::FramePacketsPtr)> on_frame;
    std::function<void(PipelineEvent)> on_event;
  };

  /// Fails only when the process is out of file descriptors; a missing camera comes as PipelineLost.
  [[nodiscard]] static Result<std::unique_ptr<VideoPipeline>> create(Config config, Hooks hooks);
  /// Stops and waits: for the frame in work and for the driver to close.
  ~VideoPipeline();
  VideoPipeline(const VideoPipeline&) = delete;
  VideoPipeline& operator=(const VideoPipeline&) = delete;

  /// A viewer needs a key frame. Wishes are gathered, see KeyframeGate. Any thread.
  void request_keyframe(rtp::Tier tier = rtp::Tier::kMain) {
    keyframe_wanted_[rtp::index(tier)].store(true, std::memory_order_relaxed);
  }
  /// Main's target from the next frame on; the last value wins. Any thread.
  void set_bitrate(Bitrate bitrate) { bitrate_bps_.store(bitrate.bps(), std::memory_order_relaxed); }
  /// Starts low, where there is something to encode, and tells its target; nothing stops it. Any thread.
  void set_low_bitrate(std::optional<Bitrate> bitrate) {
    low_bitrate_bps_.store(bitrate ? bitrate->bps() : kNoLow, std::memory_order_relaxed);
  }
  /// What SourceRequest::controls says from the next opening on; an open camera is not told. Any thread.
  void set_controls(std::vector<std::string> controls);
  /// The next picture as a JPEG; see SnapshotTap. Any thread.
  void take_snapshot(SnapshotTap::Sink sink) { snapshots_.ask(std::move(sink)); }
  /// Asks the thread to end and returns at once; the destructor waits. Any thread.
  void stop();
  /// Of the source and of main. Any thread.
  [[nodiscard]] PipelineStats stats() const { return counters_.read(); }

 private:
  static constexpr std::int64_t kNoLow = -1;

  VideoPipeline(Config config, Hooks hooks, UniqueFd wake);
  [[nodiscard]] VideoTiers::Config tiers_config();
  void run();
  [[nodiscard]] video::SourceRequest source_request() const;
  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  void open_source();
  void lose(Error error);
  void close_source();
  void retry();
  [[nodiscard]] bool wait_for_device(TimePoint deadline);
  void wait_for_source();
  void read_source(bool broken);
  [[nodiscard]] Result<std::optional<video::Frame>> read_newest();
  [[nodiscard]] Result<void> handle(const video::Frame& frame);
  [[nodiscard]] Result<void> apply_control();
  void hand_on(rtp::FramePacketsPtr packets);
  void count_missed(const video::Frame& frame);
  void report_description();

  const Config config_;
  const Hooks hooks_;
  const UniqueFd wake_;  // eventfd, readable once stopped
  std::atomic<bool> stopped_{false};
  std::array<std::atomic<bool>, rtp::kTiers> keyframe_wanted_{};
  std::atomic<std::int64_t> bitrate_bps_;
  std::atomic<std::int64_t> low_bitrate_bps_{kNoLow};
  PipelineCounters counters_;
  mutable std::mutex controls_mutex_;
  std::vector<std::string> controls_;  // of the camera, see set_controls()
  SnapshotTap snapshots_;

  // The video thread's own.
  VideoTiers tiers_;
  RetryBackoff backoff_;
  std::unique_ptr<video::VideoSource> source_;
  TimePoint last_frame_at_;
  std::optional<StreamDescription> reported_;
  std::optional<Errc> outage_;               // as reported
  std::optional<Errc> suspected_;            // another kind of error, seen once
  std::optional<video::DeviceWatch> watch_;  // while there is no source
  bool had_camera_ = false;
  std::optional<std::uint32_t> last_number_;  // of the source's frames
  std::uint64_t damaged_before_ = 0;          // by sources that were closed

  Thread thread_;  // last: starts when the rest is there
};

}  // namespace perch::codec
