#include "net/congestion/overuse_detector.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr double kGainUp = 0.0087;    // [1/ms]
constexpr double kGainDown = 0.039;   // [1/ms]
constexpr double kHighest = 600;      // [ms]
constexpr double kSpike = 15;         // [ms] a sudden jump must not raise the threshold
constexpr double kLongestStep = 100;  // [ms]
constexpr microseconds kOveruseTime{10'000};

}  // namespace

PathUsage OveruseDetector::update(double trend, microseconds sent, microseconds at) {
  if (trend > threshold_) {
    over_for_ = over_for_ ? *over_for_ + sent : sent / 2;
    ++over_count_;
    if (*over_for_ > kOveruseTime && over_count_ > 1 && trend >= previous_trend_) {
      over_for_ = microseconds(0);
      over_count_ = 0;
      usage_ = PathUsage::kOveruse;
    }
  } else {
    over_for_.reset();
    over_count_ = 0;
    usage_ = trend < -threshold_ ? PathUsage::kUnderuse : PathUsage::kNormal;
  }
  previous_trend_ = trend;
  adapt(trend, at);
  return usage_;
}

void OveruseDetector::adapt(double trend, microseconds at) {
  const double size = std::max(trend, -trend);
  const double step =
      std::clamp(static_cast<double>((at - adapted_at_.value_or(at)).count()) / 1000.0, 0.0, kLongestStep);
  adapted_at_ = at;
  if (size > threshold_ + kSpike) return;
  const double gain = size < threshold_ ? kGainDown : kGainUp;
  threshold_ = std::clamp(threshold_ + gain * (size - threshold_) * step, lowest_, kHighest);
}

}  // namespace perch::net
