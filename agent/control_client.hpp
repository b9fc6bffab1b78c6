// perchctl's end of the control socket.
#pragma once

#include <string>

#include "hal/base/result.hpp"
#include "signaling/json.hpp"

namespace perch::agent {

/// Sends one line and waits for the answer, at most a few seconds. Errors in words with the way out: nobody there
/// (is perchd running?), not allowed (which user may), no answer.
[[nodiscard]] Result<std::string> ask_daemon(const std::string& socket_path, const std::string& request);

/// The same for an answer whose line says `"bytes":N`: gives those N bytes that follow it, or its error.
[[nodiscard]] Result<std::string> ask_for_bytes(const std::string& socket_path, const std::string& request);

/// An answer that says `"ok":true`; else the error it tells of.
[[nodiscard]] Result<signaling::JsonDocument> parse_answer(const std::string& answer);

}  // namespace perch::agent
