// Bits per second over the last half second.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hal/base/units.hpp"

namespace perch::net {

/// Sums sizes in buckets of 25 ms. Any one clock may drive it, the sender's or the receiver's. Single thread.
class WindowedRate {
 public:
  static constexpr microseconds kBucket{25'000};
  static constexpr int kBuckets = 20;  // 0.5 s: fifteen frames at 30 fps, so that single frames hardly show

  /// `at` may lie a little in the past (reordering); what is older than the window is ignored.
  void add(microseconds at, std::size_t bytes);
  /// Over the window that ends with the newest packet, or over the time since the first one while that is shorter; 0
  /// while less than 100 ms are known.
  [[nodiscard]] Bitrate rate() const;
  /// As if nothing had come so far.
  void reset() { *this = WindowedRate(); }

 private:
  void restart(std::int64_t bucket, std::int64_t known);
  void advance(std::int64_t bucket);

  std::array<std::int64_t, kBuckets> bytes_{};
  std::optional<std::int64_t> newest_;  // number of the bucket that is being filled
  std::int64_t known_ = 0;              // complete buckets before it, at most kBuckets - 1
  std::int64_t sum_ = 0;                // of the complete ones
};

}  // namespace perch::net
