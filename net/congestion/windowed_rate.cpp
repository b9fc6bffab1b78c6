#include "net/congestion/windowed_rate.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr std::int64_t kFewestBuckets = 4;
constexpr std::int64_t kJump = 2 * WindowedRate::kBuckets;  // so far back is not reordering

using Buckets = std::chrono::duration<std::int64_t, std::ratio<25, 1000>>;
static_assert(WindowedRate::kBucket == Buckets(1));

std::size_t slot(std::int64_t bucket) {
  constexpr std::int64_t kCount = WindowedRate::kBuckets;
  return static_cast<std::size_t>((bucket % kCount + kCount) % kCount);  // clocks may be below zero
}

}  // namespace

void WindowedRate::restart(std::int64_t bucket, std::int64_t known) {
  *this = WindowedRate();
  newest_ = bucket;
  known_ = known;
}

void WindowedRate::advance(std::int64_t bucket) {
  while (*newest_ < bucket) {
    sum_ += bytes_[slot(*newest_)];
    known_ = std::min<std::int64_t>(known_ + 1, kBuckets - 1);
    ++*newest_;
    sum_ -= bytes_[slot(*newest_)];
    bytes_[slot(*newest_)] = 0;
  }
}

void WindowedRate::add(microseconds at, std::size_t bytes) {
  const std::int64_t bucket = std::chrono::floor<Buckets>(at).count();
  if (!newest_ || bucket <= *newest_ - kJump) restart(bucket, 0);
  if (bucket >= *newest_ + kBuckets) restart(bucket, kBuckets - 1);  // a pause counts as nothing sent
  if (bucket <= *newest_ - kBuckets) return;
  advance(bucket);
  const auto size = static_cast<std::int64_t>(bytes);
  bytes_[slot(bucket)] += size;
  if (bucket < *newest_) sum_ += size;
}

Bitrate WindowedRate::rate() const {
  if (known_ < kFewestBuckets) return {};
  return Bitrate::bps(sum_ * 8 * 1'000'000 / (known_ * kBucket.count()));
}

}  // namespace perch::net
