// RTP's wrapping counters as types that cannot be compared the wrong way.
#pragma once

#include <cstdint>

namespace perch::rtp {

/// 16-bit sequence number. RFC 3550 §5.1.
struct SequenceNumber {
  std::uint16_t value = 0;
  SequenceNumber operator+(int n) const { return {static_cast<std::uint16_t>(value + n)}; }
  bool operator==(const SequenceNumber&) const = default;
  /// Half-range comparison: true when `this` comes after `other`.
  [[nodiscard]] bool newer_than(SequenceNumber other) const {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(value - other.value)) > 0;
  }
};

/// Media clock ticks, 90 kHz for video and 48 kHz for Opus. RFC 3550 §5.1.
struct Timestamp {
  std::uint32_t value = 0;
  bool operator==(const Timestamp&) const = default;
};

using Ssrc = std::uint32_t;

/// Extends 16-bit numbers seen in rough order to 64 bits that do not wrap.
class SequenceUnwrapper {
 public:
  std::int64_t unwrap(SequenceNumber number) {
    if (!started_) {
      started_ = true;
      last_ = number.value;
      return last_;
    }
    const auto delta =
        static_cast<std::int16_t>(static_cast<std::uint16_t>(number.value - static_cast<std::uint16_t>(last_)));
    last_ += delta;
    return last_;
  }

 private:
  std::int64_t last_ = 0;
  bool started_ = false;
};

}  // namespace perch::rtp
