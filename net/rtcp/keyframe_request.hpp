// The two ways to ask for a key frame: picture loss indication and full intra request.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "media/rtp/types.hpp"
#include "net/rtcp/packet.hpp"

namespace perch::net::rtcp {

/// RFC 4585 §6.3.1.
struct PictureLossIndication {
  rtp::Ssrc sender_ssrc = 0;
  rtp::Ssrc media_ssrc = 0;
};

/// RFC 5104 §4.3.1. A request with the sequence number of the last one is a repetition.
struct FullIntraRequest {
  struct Entry {
    rtp::Ssrc ssrc = 0;
    std::uint8_t sequence_number = 0;
  };
  rtp::Ssrc sender_ssrc = 0;
  std::vector<Entry> entries;
};

[[nodiscard]] std::optional<PictureLossIndication> parse_picture_loss(const PacketView& packet);
[[nodiscard]] std::optional<FullIntraRequest> parse_full_intra(const PacketView& packet);
void write(ByteWriter& out, const PictureLossIndication& request);
void write(ByteWriter& out, const FullIntraRequest& request);

}  // namespace perch::net::rtcp
