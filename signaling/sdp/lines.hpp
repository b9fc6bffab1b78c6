// SDP as lines `x=value`, before anybody looks at what they mean.
#pragma once

#include <string_view>
#include <vector>

#include "hal/base/result.hpp"

namespace perch::signaling::sdp {

/// Borrowed from the text.
struct Line {
  char type = 0;
  std::string_view value;
};

/// Splits at LF or CRLF. Refuses control characters, so that no value can smuggle a line further down the road.
[[nodiscard]] Result<std::vector<Line>> split_lines(std::string_view text);

/// Takes the text up to the first `separator` off `rest`, which keeps what follows it.
[[nodiscard]] std::string_view take_until(std::string_view& rest, char separator);

/// Non-empty words between blanks.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text);

}  // namespace perch::signaling::sdp
