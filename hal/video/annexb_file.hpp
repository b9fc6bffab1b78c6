// The source `file:*.h264`: coded pictures from an Annex B file, paced and looped, passed through without encoding.
#pragma once

#include "hal/video/video_source.hpp"

namespace perch::video {

/// Rate as requested (the byte stream has no time), size from the file's SPS. Playing begins at the first IDR picture;
/// a file without one, or without an SPS before it, is an error.
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_annexb_file(const std::string& path,
                                                                    const SourceRequest& request, TimePoint start);

}  // namespace perch::video
