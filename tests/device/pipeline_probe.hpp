// A VideoPipeline on a real device, and waiting for what comes out of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "media/codec/video_pipeline.hpp"

namespace perch::codec {

/// Collects frames and events of a pipeline; make it before the pipeline. Any thread.
class PipelineProbe {
 public:
  /// Far above what a device takes: a guest is slow, and a hang should still end.
  static constexpr Duration kPatience = seconds(20);

  [[nodiscard]] VideoPipeline::Hooks hooks() {
    VideoPipeline::Hooks hooks;
    hooks.open = [this](const video::SourceRequest& request) {
      auto source = video::open_video_source(request);
      if (source) change([&] { ++opened_; });
      return source;
    };
    hooks.on_frame = [this](rtp::FramePacketsPtr frame) {
      change([&] {
        last_frame_ = std::move(frame);
        ++frames_;
      });
    };
    hooks.on_event = [this](PipelineEvent event) { change([&] { events_.push_back(std::move(event)); }); };
    return hooks;
  }
  /// The source streams, for the `times`th time.
  [[nodiscard]] bool wait_until_open(std::size_t times = 1) {
    return wait([&] { return opened_ >= times; });
  }
  /// The newest frame is one for which `wanted` holds.
  template <class F>
  [[nodiscard]] bool wait_for_frame(F wanted) {
    return wait([&] { return last_frame_ && wanted(*last_frame_); });
  }
  /// Something that is true sooner or later; looked at again and again.
  template <class F>
  [[nodiscard]] bool wait_until(F done) {
    std::unique_lock lock(mutex_);
    const TimePoint deadline = monotonic_now() + kPatience;
    while (!done() && monotonic_now() < deadline) changed_.wait_for(lock, milliseconds(5));
    return done();
  }
  [[nodiscard]] std::size_t frames() {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  /// `total` frames since the beginning.
  [[nodiscard]] bool wait_for_frames(std::size_t total) {
    return wait([&] { return frames_ >= total; });
  }
  /// `count` more frames than there were before the call.
  [[nodiscard]] bool wait_for_more_frames(std::size_t count) {
    std::optional<std::size_t> enough;
    return wait([&] { return frames_ >= (enough ? *enough : enough.emplace(frames_ + count)); });
  }
  /// The next event nobody has taken; nothing when none came in time.
  [[nodiscard]] std::optional<PipelineEvent> next_event() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [this] { return !events_.empty(); })) return std::nullopt;
    PipelineEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }
  [[nodiscard]] std::optional<PipelineStarted> next_started() { return next_of<PipelineStarted>(); }
  [[nodiscard]] std::optional<PipelineLost> next_lost() { return next_of<PipelineLost>(); }

 private:
  template <class F>
  [[nodiscard]] bool wait(F done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, done);
  }
  template <class Event>
  [[nodiscard]] std::optional<Event> next_of() {
    while (auto event = next_event()) {
      if (auto* wanted = std::get_if<Event>(&*event)) return std::move(*wanted);
    }
    return std::nullopt;
  }
  template <class F>
  void change(F f) {
    const std::lock_guard lock(mutex_);
    f();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t opened_ = 0;
  std::size_t frames_ = 0;
  rtp::FramePacketsPtr last_frame_;
  std::deque<PipelineEvent> events_;
};

}  // namespace perch::codec
