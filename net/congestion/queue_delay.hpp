// How long the path's queue is, from one-way delays whose zero means nothing.
#pragma once

#include <array>
#include <cstdint>

#include "hal/base/time.hpp"

namespace perch::net {

/// The smallest of the values that came within the last `kBuckets` steps of `kStepUs`.
template <std::int64_t kStepUs, int kBuckets>
class WindowedMinimum {
 public:
  static constexpr std::int64_t kNone = INT64_MAX;
  void add(microseconds at, std::int64_t value) {
    const std::int64_t bucket = at.count() / kStepUs;
    if (newest_ == kNone || bucket < newest_ - kBuckets || bucket - newest_ >= kBuckets) {
      least_.fill(kNone);
      newest_ = bucket;
    }
    for (; newest_ < bucket; ++newest_) slot(newest_ + 1) = kNone;
    if (value < slot(bucket)) slot(bucket) = value;
  }
  [[nodiscard]] std::int64_t least() const {
    std::int64_t out = kNone;
    for (const std::int64_t v : least_) out = v < out ? v : out;
    return out;
  }
  [[nodiscard]] std::int64_t least_or(std::int64_t nothing) const {
    const std::int64_t value = least();
    return value == kNone ? nothing : value;
  }

 private:
  std::int64_t& slot(std::int64_t bucket) {
    return least_[static_cast<std::size_t>((bucket % kBuckets + kBuckets) % kBuckets)];
  }
  std::array<std::int64_t, kBuckets> least_{};
  std::int64_t newest_ = kNone;
};

/// One-way delay = arrival on the receiver's clock - departure on ours: only its differences mean something. Single
/// thread.
class QueueDelay {
 public:
  void add(microseconds sent_at, microseconds arrived_at);
  /// What even the luckiest packet of the last 100 ms waited, compared with the luckiest of the last half minute: the
  /// part of the queue that does not come from the bursts of single frames, nor from jitter. Half a minute, so that
  /// clocks may drift apart and routes may change.
  [[nodiscard]] microseconds standing() const;

 private:
  WindowedMinimum<25'000, 4> recent_;
  WindowedMinimum<1'000'000, 30> path_;
  bool any_ = false;
};

}  // namespace perch::net
