// Renews the file that node_exporter's textfile collector reads.
#pragma once

#include <functional>
#include <string>

#include "agent/agent_status.hpp"
#include "hal/base/event_loop.hpp"

namespace perch::agent {

/// Thread: ctl. Costs nothing without a path.
class MetricsFile {
 public:
  static constexpr Duration kPeriod = seconds(15);  // as often as Prometheus looks by default

  /// `ask` calls back on ctl.
  MetricsFile(EventLoop& loop, std::function<void(std::function<void(const AgentStatus&)>)> ask);

  /// Empty: none from now on; the file stays as it was last.
  void set_path(const std::string& path);

 private:
  void renew();

  const std::function<void(std::function<void(const AgentStatus&)>)> ask_;
  std::string path_;
  bool failed_ = false;  ///< and it was said
  Timer timer_;
};

}  // namespace perch::agent
