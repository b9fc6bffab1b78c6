#include "agent/supervision.hpp"

#include "hal/base/log.hpp"

namespace perch::agent {

Supervision::Supervision(EventLoop& loop, ServiceNotifier notifier, std::function<void(Report)> ask)
    : notifier_(std::move(notifier)), ask_(std::move(ask)), timer_(loop, [this] { on_deadline(); }) {}

void Supervision::ready() {
  if (const auto limit = notifier_.watchdog_limit(); limit && !watchdog_) {
    watchdog_.emplace(monotonic_now(), *limit);
    timer_.set(watchdog_->deadline());
  }
  notifier_.ready(status_);
}

void Supervision::reloading() { notifier_.reloading(monotonic_now()); }

void Supervision::stopping() {
  timer_.set(kNever);
  notifier_.stopping();
}

void Supervision::set_status(std::string line) {
  if (line == status_) return;
  status_ = std::move(line);
  notifier_.status(status_);
}

void Supervision::on_deadline() {
  watchdog_->on_deadline(monotonic_now());
  timer_.set(watchdog_->deadline());
  ask_([this](const WorkDone& work) {
    if (!watchdog_->on_report(work)) {
      PERCH_WARN("agent", "msg=\"the watchdog goes hungry: no picture leaves\" watching=%llu packets=%llu",
                 static_cast<unsigned long long>(work.watching), static_cast<unsigned long long>(work.picture_packets));
      return;
    }
    ++feeds_;
    notifier_.feed_watchdog();
  });
}

}  // namespace perch::agent
