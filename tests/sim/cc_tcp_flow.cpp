#include "tests/sim/cc_tcp_flow.hpp"

#include <algorithm>

#include "tests/sim/cc_random.hpp"

namespace perch::sim {
namespace {

constexpr std::size_t kPacket = 1500;
constexpr std::uint64_t kReordering = 3;  // packets: RFC 5681's three duplicates
constexpr Duration kLeastTimeout = seconds(1);
constexpr double kMeanIdle = 10;  // [s]

}  // namespace

TcpFlow::TcpFlow(const TcpFlowConfig& config, Scheduler& scheduler, LinkModel& forward, std::uint64_t seed)
    : config_(config), scheduler_(scheduler), forward_(forward), random_(seed) {
  Duration wait{};
  if (!config_.starts_on) wait = milliseconds(static_cast<std::int64_t>(1000 * kMeanIdle * exponential(random_)));
  scheduler_.at(config_.from + wait, [this](TimePoint now) { begin_fetch(now); });
  scheduler_.at(config_.from, [this](TimePoint now) { check_timeout(now); });
}

void TcpFlow::begin_fetch(TimePoint now) {
  if (now >= config_.until) return;
  const auto bytes = static_cast<std::int64_t>(30'000 + 20'000 * random_.unit());
  to_send_ = config_.short_fetches ? (bytes + 1499) / 1500 : INT64_MAX / 2;
  window_ = 10;
  threshold_ = 1e9;
  progress_at_ = now;
  fetching_ = true;
  ++fetches_;
  pump(now);
}

void TcpFlow::pump(TimePoint now) {
  if (now >= config_.until) return;
  while (to_send_ > 0 && static_cast<double>(outstanding_.size()) < window_) {
    outstanding_.push_back({next_, now});
    forward_.send(now, {this, next_++, kPacket, config_.delay, {}, {}});
    --to_send_;
  }
  if (!fetching_ || to_send_ > 0 || !outstanding_.empty()) return;
  fetching_ = false;
  const Duration idle = milliseconds(static_cast<std::int64_t>(1000 * kMeanIdle * exponential(random_)));
  scheduler_.at(now + idle, [this](TimePoint at) { begin_fetch(at); });
}

void TcpFlow::on_parcel(TimePoint now, const Parcel& parcel) {
  delivered_ += parcel.size;
  const std::uint64_t number = parcel.number;
  scheduler_.at(now + config_.delay, [this, number](TimePoint at) { on_acknowledgement(at, number); });
}

void TcpFlow::on_acknowledgement(TimePoint now, std::uint64_t number) {
  const auto found = std::find_if(outstanding_.begin(), outstanding_.end(),
                                  [number](const Outstanding& one) { return one.number == number; });
  if (found == outstanding_.end()) return;  // believed lost meanwhile
  round_trip_ = (round_trip_ * 7 + (now - found->sent)) / 8;
  outstanding_.erase(found);
  progress_at_ = now;
  detect_losses(number);
  grow();
  pump(now);
}

void TcpFlow::detect_losses(std::uint64_t newest) {
  while (!outstanding_.empty() && outstanding_.front().number + kReordering <= newest) {
    const std::uint64_t lost = outstanding_.front().number;
    outstanding_.pop_front();
    ++to_send_;
    if (lost < recovery_until_) continue;
    recovery_until_ = next_;
    threshold_ = std::max(2.0, window_ / 2);
    window_ = threshold_;
  }
}

void TcpFlow::grow() { window_ += window_ < threshold_ ? 1 : 1 / window_; }

void TcpFlow::check_timeout(TimePoint now) {
  if (now >= config_.until) return;
  const Duration timeout = std::max(kLeastTimeout, 2 * round_trip_);
  if (!outstanding_.empty() && now - progress_at_ > timeout) {
    to_send_ += static_cast<std::int64_t>(outstanding_.size());
    outstanding_.clear();
    recovery_until_ = next_;
    threshold_ = std::max(2.0, window_ / 2);
    window_ = 1;
    progress_at_ = now;
    pump(now);
  }
  scheduler_.at(now + milliseconds(100), [this](TimePoint at) { check_timeout(at); });
}

}  // namespace perch::sim
