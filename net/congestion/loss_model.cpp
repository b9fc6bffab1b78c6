#include "net/congestion/loss_model.hpp"

#include <algorithm>
#include <cmath>

namespace perch::net {
namespace {

constexpr Duration kShortest = milliseconds(400);
constexpr Duration kLongest = seconds(3);
constexpr int kFewest = 80;               // packets that make a ratio worth looking at
constexpr double kMargin = 0.02;          // what is not worth a reaction
constexpr double kSigmas = 2.5;           // one false alarm in a hundred observations
constexpr double kLearn = 0.2;            // of an ordinary observation
constexpr double kLearnCongested = 0.1;   // a step of the random loss is believed after some seconds
constexpr double kGiveWay = 0.95;         // of what came through
constexpr microseconds kFilling{60'000};  // losses with such a queue are its overflow
constexpr double kRelaxPerSecond = 0.2;

Bitrate scaled(Bitrate rate, double by) {
  return Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(rate.bps()) * by));
}

}  // namespace

void LossModel::on_feedback(TimePoint now, const Path& path) {
  if (!started_) {
    started_ = true;
    since_ = now;
  }
  const int packets = lost_ + arrived_;
  if (now - since_ < kShortest || (packets < kFewest && now - since_ < kLongest)) return;
  if (packets > 0) {
    relax(now - since_, path);
    observe(now, static_cast<double>(lost_) / packets, packets, path);
  }
  lost_ = arrived_ = 0;
  since_ = now;
}

void LossModel::relax(Duration since, const Path& path) {
  if (!limit_) return;
  const double step = kRelaxPerSecond * static_cast<double>(to_ms(since)) / 1000;
  limit_ = scaled(*limit_, 1 + step);
  if (path.acked.bps() > 0 && *limit_ > scaled(path.acked, 1.5)) limit_.reset();
}

void LossModel::observe(TimePoint /*now*/, double ratio, double packets, const Path& path) {
  ratio_ += (ratio - ratio_) * (observed_ ? 0.3 : 1.0);
  const bool filling = path.standing > kFilling;
  if (!observed_) inherent_ = filling ? 0 : ratio;  // nothing to compare it with yet
  observed_ = true;
  const double spread = std::sqrt(std::max(inherent_, 0.001) * (1 - inherent_) / packets);
  const bool congested = ratio > inherent_ + std::max(kMargin, kSigmas * spread);
  if (!filling) inherent_ += (ratio - inherent_) * (congested ? kLearnCongested : kLearn);
  if (congested && path.acked.bps() > 0) {
    const Bitrate got_through = scaled(path.acked, kGiveWay);
    limit_ = limit_ ? std::min(*limit_, got_through) : got_through;
  }
}

}  // namespace perch::net
