// Sources that have no clock of their own (pattern, files) paced by a timerfd at the requested rate.
#pragma once

#include "hal/base/unique_fd.hpp"
#include "hal/video/frame_schedule.hpp"
#include "hal/video/video_source.hpp"

namespace perch::video {

/// An armed timerfd on CLOCK_MONOTONIC. One thread.
class FrameTimer {
 public:
  [[nodiscard]] static Result<FrameTimer> create(TimePoint first);
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Makes the fd unreadable until `deadline`.
  [[nodiscard]] Result<void> arm(TimePoint deadline);

 private:
  explicit FrameTimer(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

/// Base of the paced sources: keeps the schedule, leaves the picture to fill().
class PacedSource : public VideoSource {
 public:
  [[nodiscard]] const VideoFormat& format() const override { return format_; }
  [[nodiscard]] int fd() const override { return timer_.fd(); }
  [[nodiscard]] Result<std::optional<Frame>> read_frame(TimePoint now) override;

 protected:
  /// `start` is when the first frame is due, and when `timer` was armed for.
  PacedSource(FrameTimer timer, TimePoint start, const VideoFormat& format)
      : timer_(std::move(timer)), schedule_(start, format.rate), format_(format) {}
  /// Fills planes (and nothing else) of `frame`, whose time and number are set. Called once per frame that is due.
  [[nodiscard]] virtual Result<void> fill(Frame& frame) = 0;

 private:
  FrameTimer timer_;
  FrameSchedule schedule_;
  VideoFormat format_;
};

}  // namespace perch::video
