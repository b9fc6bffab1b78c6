// SessionDescription to text.
#pragma once

#include <string>

#include "signaling/sdp/session_description.hpp"

namespace perch::signaling::sdp {

/// CRLF lines in the order browsers use. Control characters inside values are dropped, so that no value, wherever it
/// came from, can begin a line of its own. parse(write(x)) gives x back, with transport attributes at the m-sections.
[[nodiscard]] std::string write(const SessionDescription& session);

}  // namespace perch::signaling::sdp
