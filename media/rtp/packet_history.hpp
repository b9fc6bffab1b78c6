// The last two seconds of one stream, shared by all its viewers: for retransmission and for joiners.
#pragma once

#include <deque>
#include <optional>

#include "media/rtp/frame_packets.hpp"

namespace perch::rtp {

/// Single thread (net). Holds at most `kMaxAge` and `kMaxPackets`, whichever is reached first, in whole frames.
class PacketHistory {
 public:
  static constexpr Duration kMaxAge = seconds(2);
  static constexpr std::size_t kMaxPackets = 1024;

  struct Packet {
    FramePacketsPtr frame;
    std::size_t fragment = 0;
  };

  /// `frame` must start where the last one ended; older frames fall out by `now`.
  void push(FramePacketsPtr frame, TimePoint now);
  /// Empty when the index is too old or not there yet.
  [[nodiscard]] std::optional<Packet> find(PacketIndex index) const;
  /// The newest key frame and all frames since, oldest first; empty when there is none in reach.
  [[nodiscard]] std::vector<FramePacketsPtr> since_last_keyframe() const;
  /// When the newest key frame was captured; nothing when none is in reach.
  [[nodiscard]] std::optional<TimePoint> last_keyframe_at() const;
  void clear();
  [[nodiscard]] std::size_t packets() const { return packets_; }

 private:
  void drop_oldest();
  std::deque<FramePacketsPtr> frames_;
  std::size_t packets_ = 0;
};

}  // namespace perch::rtp
