#include "net/rtcp/packet.hpp"

namespace perch::net::rtcp {
namespace {

constexpr std::uint8_t kVersion = 2 << 6;
constexpr std::uint8_t kPadding = 1 << 5;

}  // namespace

std::optional<PacketView> next_packet(ByteReader& in) {
  const std::uint8_t first = in.u8();
  PacketView out;
  out.count = first & 0x1F;
  out.type = static_cast<PacketType>(in.u8());
  out.body = in.view(std::size_t{4} * in.u16());
  if (!in.ok() || (first & 0xC0) != kVersion) return std::nullopt;
  if ((first & kPadding) == 0) return out;
  // The last byte counts the padding, itself included. Some senders do not pad to whole words, so any count will do.
  const std::size_t padding = out.body.empty() ? 0 : out.body.back();
  if (padding == 0 || padding > out.body.size()) return std::nullopt;
  out.body = out.body.first(out.body.size() - padding);
  return out;
}

PacketScope::PacketScope(ByteWriter& out, std::size_t count, PacketType type) : out_(out), start_(out.size()) {
  out_.u8(kVersion | (count & 0x1F));
  out_.u8(static_cast<std::uint8_t>(type));
  out_.u16(0);
}

PacketScope::~PacketScope() {
  if (!out_.ok()) return;
  // RFC 3550 §6.4.1: in 32-bit words, minus one.
  out_.patch_u16(start_ + 2, static_cast<std::uint16_t>((out_.size() - start_) / 4 - 1));
}

void PacketScope::pad() {
  const std::size_t missing = (4 - (out_.size() - start_) % 4) % 4;
  if (missing == 0) return;
  for (std::size_t i = 1; i < missing; ++i) out_.u8(0);
  out_.u8(missing);
  if (out_.ok()) out_.written()[start_] |= kPadding;
}

}  // namespace perch::net::rtcp
