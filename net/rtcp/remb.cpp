#include "net/rtcp/remb.hpp"

#include <algorithm>
#include <limits>

#include "net/rtcp/feedback_types.hpp"

namespace perch::net::rtcp {
namespace {

constexpr std::uint32_t kIdentifier = 0x52454D42;  // "REMB"
constexpr std::uint32_t kMantissaMask = (1u << 18) - 1;
constexpr std::size_t kMaxSsrcs = 255;

Bitrate decode(std::uint32_t exponent, std::uint32_t mantissa) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  if (exponent > 63 - 18) return Bitrate::bps(mantissa == 0 ? 0 : kMost);
  return Bitrate::bps(static_cast<std::int64_t>(mantissa) << exponent);
}

}  // namespace

std::optional<Remb> parse_remb(const PacketView& packet) {
  ByteReader in(packet.body);
  Remb out;
  out.sender_ssrc = in.u32();
  in.skip(4);  // media source, always 0
  if (in.u32() != kIdentifier) return std::nullopt;
  const std::size_t count = in.u8();
  const std::uint32_t rate = in.u24();
  out.bitrate = decode(rate >> 18, rate & kMantissaMask);
  for (std::size_t i = 0; i < count && in.ok(); ++i) out.ssrcs.push_back(in.u32());
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

void write(ByteWriter& out, const Remb& remb) {
  auto mantissa = static_cast<std::uint64_t>(remb.bitrate.bps());
  std::uint32_t exponent = 0;
  for (; mantissa > kMantissaMask; mantissa >>= 1) ++exponent;
  const PacketScope scope(out, kApplicationLayer, PacketType::kPayloadSpecificFeedback);
  const std::size_t count = std::min(remb.ssrcs.size(), kMaxSsrcs);
  out.u32(remb.sender_ssrc);
  out.u32(0);
  out.u32(kIdentifier);
  out.u8(count);
  out.u24(exponent << 18 | mantissa);
  for (std::size_t i = 0; i < count; ++i) out.u32(remb.ssrcs[i]);
}

}  // namespace perch::net::rtcp
