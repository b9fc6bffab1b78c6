// The daemon's figures for Prometheus, as text and as a file for node_exporter.
#pragma once

#include <string>

#include "agent/agent_status.hpp"
#include "hal/base/result.hpp"

namespace perch::agent {

/// Ends with the line "# EOF". Viewers are summed up: ids as labels would make a series of each session.
[[nodiscard]] std::string write_metrics(const AgentStatus& status);

/// Replaces `path` as a whole, so that nobody reads half of it.
[[nodiscard]] Result<void> write_textfile(const std::string& path, const std::string& text);

}  // namespace perch::agent
