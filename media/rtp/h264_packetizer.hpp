// Cuts an encoded picture into RTP payloads: RFC 6184 with packetization-mode=1.
#pragma once

#include <cstddef>
#include <span>

#include "media/rtp/frame_packets.hpp"

namespace perch::rtp {

/// One coded picture, or a part of one. The NAL units, without start codes, are borrowed for the call.
struct AccessUnit {
  std::span<const ByteView> nals;
  TimePoint captured_at;     ///< monotonic
  bool keyframe = false;     ///< begins with SPS, PPS and IDR
  bool ends_picture = true;  ///< false: more of it follows
  Tier tier = Tier::kMain;
};

/// Stateless but for its limit; any thread.
class H264Packetizer {
 public:
  /// [bytes] 1200 on the wire for UDP payloads that pass everywhere, less 12 of RTP header, 20 of extensions, 2 of RTX,
  /// 16 of SRTP-GCM tag, and 10 kept free.
  static constexpr std::size_t kDefaultMaxPayload = 1140;
  static constexpr std::size_t kMinMaxPayload = 16;

  /// Values below kMinMaxPayload are raised to it.
  explicit H264Packetizer(std::size_t max_payload = kDefaultMaxPayload);

  /// Parameter sets in front go into one STAP-A of their own, what fits becomes a single NAL unit packet, the rest FU-A
  /// of equal size (only the last may be smaller), so that one segmentation-offload call can send them. Access unit
  /// delimiters and filler data are left out, as is what may not occur in a byte stream. Null when nothing is left.
  [[nodiscard]] FramePacketsPtr packetize(const AccessUnit& unit, PacketIndex first_index, Timestamp timestamp) const;

 private:
  std::size_t max_payload_;
};

}  // namespace perch::rtp
