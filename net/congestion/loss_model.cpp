#include "net/congestion/loss_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace perch::net {
namespace {

constexpr Duration kShortest = milliseconds(400);
constexpr Duration kLongest = seconds(3);
constexpr int kFewest = 80;               // packets that make a ratio worth looking at
constexpr int kOutage = 8;                // packets lost …
constexpr int kFewestRuns = 3;            // … in fewer runs than this: congestion drops again and again
constexpr double kMargin = 0.02;          // what is not worth a reaction
constexpr double kSigmas = 3;             // one false alarm in some hundred observations
constexpr double kLearn = 0.2;            // of an ordinary observation
constexpr double kLearnCongested = 0.1;   // a step of the random loss is believed after some seconds
constexpr double kGiveWay = 0.95;         // of what came through
constexpr microseconds kFilling{60'000};  // losses with such a queue are its overflow
constexpr double kSlowRelax = 0.03;       // [1/s] of the limit, right after it was hit
constexpr double kFastRelax = 0.2;        // [1/s] in the end
constexpr double kRelaxFaster = 1.6;      // from one harmless observation to the next

Bitrate scaled(Bitrate rate, double by) {
  return Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(rate.bps()) * by));
}

}  // namespace

void LossModel::add(bool lost) {
  ++(lost ? lost_ : arrived_);
  if (lost && !last_lost_) ++runs_;
  last_lost_ = lost;
}

void LossModel::after_silence(TimePoint now) {
  lost_ = arrived_ = runs_ = 0;
  since_ = now;
  limit_.reset();
}

void LossModel::on_feedback(TimePoint now, const Path& path) {
  if (!started_) {
    started_ = true;
    since_ = now;
  }
  filled_ = filled_ || path.standing > kFilling;
  const int packets = lost_ + arrived_;
  if (now - since_ < kShortest || (packets < kFewest && now - since_ < kLongest)) return;
  if (packets > 0) {
    relax(now - since_, path);
    observe(static_cast<double>(lost_) / packets, packets, path);
  }
  lost_ = arrived_ = runs_ = 0;
  since_ = now;
}

void LossModel::relax(Duration since, const Path& path) {
  if (!limit_) return;
  const double step = relax_ * static_cast<double>(to_ms(since)) / 1000;
  relax_ = std::min(kFastRelax, relax_ * kRelaxFaster);
  limit_ = scaled(*limit_, 1 + step);
  if (path.acked.bps() > 0 && *limit_ > scaled(path.acked, 1.5)) limit_.reset();
}

void LossModel::observe(double ratio, double packets, const Path& path) {
  ratio_ += (ratio - ratio_) * (observed_ ? 0.3 : 1.0);
  const bool filling = std::exchange(filled_, false);
  if (lost_ > kOutage && runs_ < kFewestRuns) return;
  if (!observed_) inherent_ = filling ? 0 : ratio;  // nothing to compare it with yet
  observed_ = true;
  // Losses that come in bursts tell less than as many single ones: count the bursts.
  const double burst = runs_ > 0 ? static_cast<double>(lost_) / runs_ : 1;
  const double usual = std::max(inherent_, 0.001);
  const double spread = std::sqrt(usual * (1 - usual) * burst / packets);
  const bool congested = ratio > inherent_ + std::max(kMargin, kSigmas * spread);
  if (!filling) inherent_ += (ratio - inherent_) * (congested ? kLearnCongested : kLearn);
  if (congested && path.acked.bps() > 0) {
    const Bitrate got_through = scaled(path.acked, kGiveWay);
    relax_ = filling ? kFastRelax : kSlowRelax;  // a queue shows by delay when there is room again
    limit_ = limit_ ? std::min(*limit_, got_through) : got_through;
  }
}

}  // namespace perch::net
