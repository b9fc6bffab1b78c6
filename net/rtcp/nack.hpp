// Generic NACK: which packets did not arrive.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/rtp/types.hpp"
#include "net/rtcp/packet.hpp"

namespace perch::net::rtcp {

/// RFC 4585 §6.2.1.
struct Nack {
  struct Item {
    rtp::SequenceNumber packet_id;
    std::uint16_t following_lost = 0;  ///< bit i: packet_id + 1 + i is lost too
  };
  rtp::Ssrc sender_ssrc = 0;
  rtp::Ssrc media_ssrc = 0;
  std::vector<Item> items;

  /// Calls `visit(SequenceNumber)` for each lost packet, in the order written.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Item& item : items) {
      visit(item.packet_id);
      for (int i = 0; i < 16; ++i) {
        if ((item.following_lost >> i & 1) != 0) visit(item.packet_id + (i + 1));
      }
    }
  }
};

[[nodiscard]] std::optional<Nack> parse_nack(const PacketView& packet);
void write(ByteWriter& out, const Nack& nack);
/// `lost` oldest first; neighbours share an item.
[[nodiscard]] std::vector<Nack::Item> nack_items(std::span<const rtp::SequenceNumber> lost);

}  // namespace perch::net::rtcp
