// Waiting for frames of a source, for tests on real devices and real time.
#pragma once

#include <poll.h>

#include "hal/video/video_source.hpp"

namespace perch::video {

/// How long a camera may take for a frame [ms]. Far above any frame interval: a guest is slow, and a hang should still
/// end.
inline constexpr int kPatience_ms = 10'000;

/// The next frame, polling as the pipeline does. kUnavailable when none came in time.
[[nodiscard]] inline Result<Frame> next_frame(VideoSource& source) {
  const TimePoint deadline = monotonic_now() + milliseconds(kPatience_ms);
  while (monotonic_now() < deadline) {
    pollfd entry{source.fd(), POLLIN, 0};
    if (poll(&entry, 1, kPatience_ms) < 0) return fail_errno("poll");
    auto frame = source.read_frame(monotonic_now());
    if (!frame) return fail(frame.error());
    if (*frame) return **frame;
  }
  return fail(Errc::kUnavailable, "no frame in time");
}

}  // namespace perch::video
