// The source `file:*.y4m`: raw pictures from a file, paced and looped, encoded live like a camera's.
#pragma once

#include "hal/video/video_source.hpp"

namespace perch::video {

/// Size and rate are the file's own (the rate of `request` where the file has none). A file without one whole picture
/// is an error; a last picture cut short is left out.
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_y4m_file(const std::string& path, const SourceRequest& request,
                                                                 TimePoint start);

}  // namespace perch::video
