// What the network hands to the talk pipeline.
#pragma once

#include "hal/base/bytes.hpp"
#include "hal/base/time.hpp"
#include "media/rtp/types.hpp"

namespace perch::codec {

/// An Opus packet as it came, in any order and possibly more than once. Untrusted.
struct TalkPacket {
  rtp::Ssrc ssrc = 0;
  rtp::SequenceNumber sequence_number;
  rtp::Timestamp timestamp;  ///< 48 kHz ticks
  TimePoint arrived_at;
  Bytes payload;
};

}  // namespace perch::codec
