#include "net/congestion/windowed_rate.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr std::int64_t kFewestBuckets = 4;

std::size_t slot(std::int64_t bucket) { return static_cast<std::size_t>(bucket % WindowedRate::kBuckets); }

}  // namespace

void WindowedRate::advance(std::int64_t bucket) {
  if (newest_ < 0 || bucket - newest_ >= kBuckets || bucket < newest_ - kBuckets) {
    const bool silent = newest_ >= 0 && bucket > newest_;
    reset();
    newest_ = bucket;
    known_ = silent ? kBuckets - 1 : 0;  // a pause counts as nothing sent, a clock that jumped back as a new start
    return;
  }
  while (newest_ < bucket) {
    sum_ += bytes_[slot(newest_)];
    known_ = std::min<std::int64_t>(known_ + 1, kBuckets - 1);
    ++newest_;
    sum_ -= bytes_[slot(newest_)];
    bytes_[slot(newest_)] = 0;
  }
}

void WindowedRate::add(microseconds at, std::size_t bytes) {
  const std::int64_t bucket = std::max<std::int64_t>(0, at / kBucket);
  advance(bucket);
  const auto size = static_cast<std::int64_t>(bytes);
  bytes_[slot(bucket)] += size;
  if (bucket < newest_) sum_ += size;
}

Bitrate WindowedRate::rate() const {
  if (known_ < kFewestBuckets) return {};
  return Bitrate::bps(sum_ * 8 * 1'000'000 / (known_ * kBucket.count()));
}

}  // namespace perch::net
