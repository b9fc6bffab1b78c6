// One encoded frame, or a part of one, cut into RTP payloads once, shared read-only by every viewer and by the
// retransmission history.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/time.hpp"
#include "media/rtp/types.hpp"

namespace perch::rtp {

/// Packets of one stream (tier) are numbered from 0 without gaps; viewers map the index to their own sequence numbers.
using PacketIndex = std::int64_t;

/// Encodes of the same pictures. All tiers stamp a picture with the same RTP time, so that a viewer can change between
/// them.
enum class Tier : std::uint8_t { kMain, kLow };
inline constexpr std::size_t kTiers = 2;
/// Its place in an array of kTiers.
[[nodiscard]] constexpr std::size_t index(Tier tier) { return static_cast<std::size_t>(tier); }

struct FramePackets {
  struct Fragment {
    std::uint32_t offset = 0;  ///< into `bytes`
    std::uint16_t size = 0;
  };

  Tier tier = Tier::kMain;
  PacketIndex first_index = 0;      ///< of fragments[0]
  Timestamp timestamp;              ///< 90 kHz, from captured_at
  TimePoint captured_at;            ///< monotonic capture stamp
  bool keyframe = false;            ///< starts with SPS, PPS, IDR: decoding may begin here
  bool ends_frame = true;           ///< false: more of the same picture follows, with the same timestamp
  Bytes bytes;                      ///< all payloads, one after the other
  std::vector<Fragment> fragments;  ///< in order; the frame's last one carries the RTP marker bit

  [[nodiscard]] ByteView payload(std::size_t i) const {
    return ByteView(bytes).subspan(fragments[i].offset, fragments[i].size);
  }
  [[nodiscard]] PacketIndex end_index() const { return first_index + static_cast<PacketIndex>(fragments.size()); }
  /// Is fragment `i` the last of its picture?
  [[nodiscard]] bool is_last(std::size_t i) const { return ends_frame && i + 1 == fragments.size(); }
};

/// Immutable once shared; freed by whoever lets go last, on any thread.
using FramePacketsPtr = std::shared_ptr<const FramePackets>;

}  // namespace perch::rtp
