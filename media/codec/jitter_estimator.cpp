// See jitter_estimator.hpp.
#include "media/codec/jitter_estimator.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace perch::codec {
namespace {

constexpr Duration kBin = milliseconds(5);
constexpr Duration kWindow = seconds(3);
constexpr double kForget = 0.99;  // per packet: two seconds of 20 ms packets
constexpr double kPercentile = 0.97;
constexpr double kKnown = 0.1;  // weight from which on the histogram speaks: ten packets

}  // namespace

void JitterEstimator::on_packet(TimePoint arrived_at, Duration transit) {
  roll(arrived_at, transit);
  const auto bin = static_cast<std::size_t>(std::clamp<std::int64_t>((transit - base()) / kBin, 0, kBins - 1));
  for (double& weight : histogram_) weight *= kForget;
  histogram_[bin] += 1 - kForget;
  const double weight = std::accumulate(histogram_.begin(), histogram_.end(), 0.0);
  if (weight > kKnown) target_ = std::clamp(percentile(), kMinTarget, kMaxTarget);
}

void JitterEstimator::roll(TimePoint now, Duration transit) {
  if (!current_ || now - window_start_ > kWindow) {
    previous_ = std::exchange(current_, transit);
    window_start_ = now;
  }
  current_ = std::min(*current_, transit);
}

Duration JitterEstimator::base() const {
  if (!current_) return {};
  return previous_ ? std::min(*current_, *previous_) : *current_;
}

// Upper edge of the first bin below which 97 % of the weight lies.
Duration JitterEstimator::percentile() const {
  double left = kPercentile * std::accumulate(histogram_.begin(), histogram_.end(), 0.0);
  std::size_t bin = 0;
  while (bin + 1 < kBins && (left -= histogram_[bin]) > 0) ++bin;
  return static_cast<std::int64_t>(bin + 1) * kBin;
}

void JitterEstimator::forget_base() { current_ = previous_ = std::nullopt; }

}  // namespace perch::codec
