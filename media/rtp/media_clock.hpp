// Turns capture times into RTP timestamps.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/time.hpp"
#include "media/rtp/types.hpp"

namespace perch::rtp {

/// One media stream's clock. Two frames never share a timestamp and none goes back, even when a driver's stamps do:
/// receivers take equal timestamps for one frame. Single thread.
class MediaClock {
 public:
  static constexpr std::int64_t kVideoRate = 90'000;  ///< [Hz] RFC 6184 §8.1

  /// RFC 3550 §5.1: the first timestamp should be random; `offset` is that random number.
  explicit MediaClock(std::uint32_t offset, std::int64_t rate = kVideoRate) : offset_(offset), rate_(rate) {}
  /// Strictly later than the one before, otherwise `captured_at` in ticks of the rate.
  [[nodiscard]] Timestamp next(TimePoint captured_at);

 private:
  std::uint32_t offset_;
  std::int64_t rate_;
  std::optional<TimePoint> origin_;
  std::int64_t last_ticks_ = -1;
};

}  // namespace perch::rtp
