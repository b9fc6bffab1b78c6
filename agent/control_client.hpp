// perchctl's end of the control socket.
#pragma once

#include <string>

#include "hal/base/result.hpp"

namespace perch::agent {

/// Sends one line and waits for the answer, at most a few seconds. Errors in words with the way out: nobody there
/// (is perchd running?), not allowed (which user may), no answer.
[[nodiscard]] Result<std::string> ask_daemon(const std::string& socket_path, const std::string& request);

}  // namespace perch::agent
