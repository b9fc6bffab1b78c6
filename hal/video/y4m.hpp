// The YUV4MPEG2 container: its header and frame lines, without any file.
#pragma once

#include <string_view>

#include "hal/base/result.hpp"
#include "hal/base/units.hpp"

namespace perch::video {

/// Longest header or frame line that is read [bytes], the newline included.
inline constexpr std::size_t kMaxY4mLine = 256;
/// Largest width and height that are accepted [pixels].
inline constexpr int kMaxY4mSide = 8192;

struct Y4mHeader {
  Size size;
  FrameRate rate;         ///< as the file says; 0/1 where it says "unknown"
  std::size_t bytes = 0;  ///< length of the line, the newline included
};

/// Parses the first line of a file; `start` may hold more. Only 8-bit 4:2:0 is taken: kUnsupported for any other.
[[nodiscard]] Result<Y4mHeader> parse_y4m_header(std::string_view start);

/// Length of the "FRAME..." line at the start of `start`, the newline included. The picture follows it.
[[nodiscard]] Result<std::size_t> parse_y4m_frame_line(std::string_view start);

}  // namespace perch::video
