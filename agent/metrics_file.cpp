#include "agent/metrics_file.hpp"

#include <utility>

#include "agent/metrics.hpp"
#include "hal/base/log.hpp"

namespace perch::agent {

MetricsFile::MetricsFile(EventLoop& loop, std::function<void(std::function<void(const AgentStatus&)>)> ask)
    : ask_(std::move(ask)), timer_(loop, [this] { renew(); }) {}

void MetricsFile::set_path(const std::string& path) {
  if (path == path_) return;
  path_ = path;
  failed_ = false;
  timer_.set(path_.empty() ? kNever : monotonic_now());
}

void MetricsFile::renew() {
  timer_.set(monotonic_now() + kPeriod);
  ask_([this](const AgentStatus& status) {
    if (path_.empty()) return;
    const auto written = write_textfile(path_, write_metrics(status));
    if (!written && !std::exchange(failed_, true))
      PERCH_WARN("metrics", "state=failing reason=%s", in_quotes(written.error().message()).c_str());
    if (written) failed_ = false;
  });
}

}  // namespace perch::agent
