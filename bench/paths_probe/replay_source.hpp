// A camera whose pictures lie in memory already: what a V4L2 buffer is to the pipeline, without the kernel.
#pragma once

#include <memory>
#include <string>

#include "hal/video/video_source.hpp"

namespace perch::video {

/// Delivers the pictures of a file of raw frames or of JPEGs one after the other, over and over, at the given rate;
/// nothing is copied. kInvalid when the file holds no whole picture.
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_replay(const std::string& path, const VideoFormat& format,
                                                               TimePoint start);

}  // namespace perch::video
