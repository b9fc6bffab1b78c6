#include "net/congestion/rate_control.hpp"

#include <algorithm>

namespace perch::net {
namespace {

// With the capacity known by dispersion.
constexpr double kBelowCapacity = 0.97;  // leaves room to drain what chance brings
constexpr double kOverused = 0.95;       // after an overuse a little more room
constexpr double kDrainUs = 300'000;     // a standing queue is to be gone after this [us]
constexpr double kDeepestDrain = 0.5;    // of the capacity: pictures must go on
constexpr double kEasePerS = 0.25;       // of the rate, while there is too much in the queue
constexpr double kLargestEase = 0.12;    // at once, where knowing takes long
constexpr double kTowardsBps = 250'000;  // [bit/s per second] towards the capacity
constexpr double kGrowth = 4;            // [1/s] added to it while the path has not shown a limit
constexpr double kGrowthFar = 2;         // [1/s] or while it is far off, as after a silence
constexpr double kFar = 0.75;            // of the capacity
constexpr double kAddBps = 50'000;       // [bit/s per second] about a packet per response time, draft §5.5
// Without: draft §5.5.
constexpr double kDecrease = 0.85;
constexpr double kPerSecond = 0.08;
constexpr double kNear = 0.9;  // of the rate of the last overuse: there additively
// In both cases.
constexpr double kAboveAcked = 1.5;  // more has not been tried
constexpr std::int64_t kAboveAckedBps = 10'000;
constexpr Duration kLeastResponse = milliseconds(200);
constexpr Duration kLongestStep = milliseconds(200);

Bitrate scaled(Bitrate rate, double by) {
  return Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(rate.bps()) * by));
}

Bitrate plus(Bitrate rate, double bps) { return Bitrate::bps(rate.bps() + static_cast<std::int64_t>(bps)); }

}  // namespace

void RateControl::set_limits(Limits limits) {
  limits_ = limits;
  set_target(target_);
}

void RateControl::set_target(Bitrate target) { target_ = std::clamp(target, limits_.min, limits_.max); }

void RateControl::update(TimePoint now, const Path& path) {
  const Duration step = updated_at_ ? std::min(now - *updated_at_, kLongestStep) : Duration{};
  updated_at_ = now;
  const bool too_much = judge_.update(now, path.standing, target_, path.response);
  if (path.usage == PathUsage::kOveruse) {
    decrease(now, path);
  } else if (too_much) {
    ease(now, path);
  } else if (judge_.foreign(now) && path.bottleneck && *path.bottleneck < target_) {
    set_target(*path.bottleneck);  // a queue that is not ours is no reason to add to it
  } else if (path.usage == PathUsage::kNormal || path.bottleneck) {
    increase(path, step);
  }
}

Bitrate RateControl::eased(TimePoint now, const Path& path) {
  // What came of the last time is not known before this. The same part per second whatever the distance, or near flows
  // would give way to far ones.
  const Duration response = std::max<Duration>(path.response, kLeastResponse);
  if (eased_at_ && now - *eased_at_ < response) return target_;
  eased_at_ = now;
  return scaled(target_, 1 - std::min(kLargestEase, kEasePerS * static_cast<double>(to_us(response)) / 1e6));
}

double RateControl::drained(TimePoint now) const {
  if (judge_.foreign(now)) return 1;
  return 1 - std::clamp(judge_.excess_us() / kDrainUs, 0.0, kDeepestDrain);
}

void RateControl::decrease(TimePoint now, const Path& path) {
  const Bitrate next = eased(now, path);
  if (path.latest) {
    overused_at_ = *path.latest;
    set_target(std::min(next, scaled(*path.latest, kOverused * drained(now))));
  } else if (next < target_ && path.acked.bps() > 0) {
    overused_at_ = path.acked;
    set_target(std::min(target_, scaled(path.acked, kDecrease)));
  }
}

void RateControl::ease(TimePoint now, const Path& path) {
  Bitrate next = eased(now, path);
  if (path.bottleneck) next = std::min(next, scaled(*path.bottleneck, kBelowCapacity * drained(now)));
  set_target(next);
}

Bitrate RateControl::ceiling(const Path& path) const {
  if (path.acked.bps() == 0) return limits_.max;
  const Bitrate tried = Bitrate::bps(scaled(path.acked, kAboveAcked).bps() + kAboveAckedBps);
  return std::max({tried, path.confirmed, limits_.min});
}

void RateControl::increase(const Path& path, Duration step) {
  const double passed = static_cast<double>(to_us(step)) / 1e6;
  Bitrate next = plus(target_, kAddBps * passed);
  if (path.bottleneck) {
    const bool far = target_ < scaled(*path.bottleneck, kFar);
    const double growth = !at_limit() ? kGrowth : far ? kGrowthFar : 0;
    const Bitrate towards = plus(target_, (kTowardsBps + growth * static_cast<double>(target_.bps())) * passed);
    next = std::max(next, std::min(towards, scaled(*path.bottleneck, kBelowCapacity)));
  } else if (overused_at_.bps() == 0 || target_ < scaled(overused_at_, kNear)) {
    next = std::max(next, scaled(target_, 1 + kPerSecond * passed));
  }
  // An application that sends less than it may learns nothing about more: no growth without a proof.
  set_target(std::max(target_, std::min(next, ceiling(path))));
}

}  // namespace perch::net
