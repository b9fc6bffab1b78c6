// Receiver estimated maximum bitrate: the older way of browsers to say how much they can take.
#pragma once

#include <optional>
#include <vector>

#include "hal/base/units.hpp"
#include "media/rtp/types.hpp"
#include "net/rtcp/packet.hpp"

namespace perch::net::rtcp {

/// draft-alvestrand-rmcat-remb-03 §2.2. 18 bits of precision; what does not fit 63 bits is capped.
struct Remb {
  rtp::Ssrc sender_ssrc = 0;
  Bitrate bitrate;
  std::vector<rtp::Ssrc> ssrcs;
};

/// Nothing when it is another application layer message.
[[nodiscard]] std::optional<Remb> parse_remb(const PacketView& packet);
void write(ByteWriter& out, const Remb& remb);

}  // namespace perch::net::rtcp
