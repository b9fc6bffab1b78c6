#include "net/rtcp/nack.hpp"

#include "net/rtcp/feedback_types.hpp"

namespace perch::net::rtcp {

std::optional<Nack> parse_nack(const PacketView& packet) {
  ByteReader in(packet.body);
  Nack out;
  out.sender_ssrc = in.u32();
  out.media_ssrc = in.u32();
  if (in.remaining() == 0 || in.remaining() % 4 != 0) return std::nullopt;  // RFC 4585 §6.2.1: at least one entry
  while (in.remaining() > 0) {
    const rtp::SequenceNumber packet_id{in.u16()};
    out.items.push_back({packet_id, in.u16()});
  }
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

void write(ByteWriter& out, const Nack& nack) {
  const PacketScope scope(out, kGenericNack, PacketType::kTransportLayerFeedback);
  out.u32(nack.sender_ssrc);
  out.u32(nack.media_ssrc);
  for (const Nack::Item& item : nack.items) {
    out.u16(item.packet_id.value);
    out.u16(item.following_lost);
  }
}

std::vector<Nack::Item> nack_items(std::span<const rtp::SequenceNumber> lost) {
  std::vector<Nack::Item> items;
  for (const rtp::SequenceNumber number : lost) {
    if (!items.empty()) {
      const auto distance = static_cast<std::uint16_t>(number.value - items.back().packet_id.value);
      if (distance >= 1 && distance <= 16) {
        items.back().following_lost = static_cast<std::uint16_t>(items.back().following_lost | 1u << (distance - 1));
        continue;
      }
    }
    items.push_back({number, 0});
  }
  return items;
}

}  // namespace perch::net::rtcp
