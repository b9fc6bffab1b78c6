// The source `pattern`: a picture that needs no camera.
#pragma once

#include "hal/video/video_source.hpp"

namespace perch::video {

/// First frame due at `start`. The size is rounded down to even numbers, and up to 16x16.
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_test_pattern(const SourceRequest& request, TimePoint start);

}  // namespace perch::video
