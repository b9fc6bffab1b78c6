// Who a source is (SDES) and that it leaves (BYE).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/rtp/types.hpp"
#include "net/rtcp/packet.hpp"

namespace perch::net::rtcp {

/// RFC 3550 §6.5. Only CNAME is kept; other items are stepped over.
struct SourceDescription {
  struct Chunk {
    rtp::Ssrc ssrc = 0;
    std::string cname;  ///< at most 255 bytes; may hold anything
  };
  std::vector<Chunk> chunks;
};

/// RFC 3550 §6.6.
struct Goodbye {
  std::vector<rtp::Ssrc> ssrcs;
  std::string reason;  ///< at most 255 bytes; may hold anything
};

[[nodiscard]] std::optional<SourceDescription> parse_source_description(const PacketView& packet);
[[nodiscard]] std::optional<Goodbye> parse_goodbye(const PacketView& packet);
void write(ByteWriter& out, const SourceDescription& description);
void write(ByteWriter& out, const Goodbye& goodbye);

}  // namespace perch::net::rtcp
