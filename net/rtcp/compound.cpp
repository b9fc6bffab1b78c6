#include "net/rtcp/compound.hpp"

#include "net/rtcp/feedback_types.hpp"

namespace perch::net::rtcp {
namespace {

/// Appends what was parsed; false when nothing was.
template <class T>
bool append(std::vector<Packet>& out, std::optional<T> parsed) {
  if (!parsed) return false;
  out.emplace_back(std::move(*parsed));
  return true;
}

bool parse_transport_layer(const PacketView& packet, std::vector<Packet>& out) {
  switch (packet.count) {
    case kGenericNack: return append(out, parse_nack(packet));
    case kTransportWideFeedback: return append(out, parse_transport_feedback(packet));
    default: return true;
  }
}

bool parse_payload_specific(const PacketView& packet, std::vector<Packet>& out) {
  switch (packet.count) {
    case kPictureLoss: return append(out, parse_picture_loss(packet));
    case kFullIntra: return append(out, parse_full_intra(packet));
    case kApplicationLayer: append(out, parse_remb(packet)); return true;  // others may speak here too
    default: return true;
  }
}

bool parse_one(const PacketView& packet, std::vector<Packet>& out) {
  switch (packet.type) {
    case PacketType::kSenderReport: return append(out, parse_sender_report(packet));
    case PacketType::kReceiverReport: return append(out, parse_receiver_report(packet));
    case PacketType::kSourceDescription: return append(out, parse_source_description(packet));
    case PacketType::kGoodbye: return append(out, parse_goodbye(packet));
    case PacketType::kTransportLayerFeedback: return parse_transport_layer(packet, out);
    case PacketType::kPayloadSpecificFeedback: return parse_payload_specific(packet, out);
    case PacketType::kExtendedReport: return append(out, parse_extended_report(packet));
  }
  return true;
}

}  // namespace

std::optional<std::vector<Packet>> parse_compound(ByteView datagram) {
  ByteReader in(datagram);
  std::vector<Packet> out;
  if (datagram.empty()) return std::nullopt;
  while (in.remaining() > 0) {
    const std::optional<PacketView> packet = next_packet(in);
    if (!packet || !parse_one(*packet, out)) return std::nullopt;
  }
  return out;
}

}  // namespace perch::net::rtcp
