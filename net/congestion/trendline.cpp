#include "net/congestion/trendline.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr double kSmoothing = 0.9;
constexpr double kGain = 4.0;  // scales a slope to the range of the threshold

double in_ms(microseconds t) { return static_cast<double>(t.count()) / 1000.0; }

}  // namespace

void Trendline::add(const InterArrival::Delta& delta) {
  if (groups_ == 0) first_at_ = delta.arrived_at;
  accumulated_ += in_ms(delta.arrived - delta.sent);
  smoothed_ = kSmoothing * smoothed_ + (1 - kSmoothing) * accumulated_;
  points_[static_cast<std::size_t>(groups_ % kWindow)] = {in_ms(delta.arrived_at - first_at_), smoothed_};
  groups_ =
      groups_ == 1'000'000 * kWindow ? 999'999 * kWindow + 1 : groups_ + 1;  // years: keep the slot, not the count
  if (groups_ >= kWindow) weighted_ = slope() * std::min(groups_, kHeaviest) * kGain;
}

double Trendline::slope() const {
  double mean_at = 0;
  double mean_delay = 0;
  for (const Point& p : points_) {
    mean_at += p.at / kWindow;
    mean_delay += p.delay / kWindow;
  }
  double up = 0;
  double down = 0;
  for (const Point& p : points_) {
    up += (p.at - mean_at) * (p.delay - mean_delay);
    down += (p.at - mean_at) * (p.at - mean_at);
  }
  return down > 0 ? up / down : 0;
}

}  // namespace perch::net
