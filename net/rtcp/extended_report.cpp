#include "net/rtcp/extended_report.hpp"

namespace perch::net::rtcp {
namespace {

constexpr std::uint8_t kReceiverReferenceTime = 4;  // RFC 3611 §4.4
constexpr std::uint8_t kDelaySinceLastRr = 5;       // RFC 3611 §4.5
constexpr std::size_t kSubBlockSize = 12;

bool read_block(std::uint8_t type, ByteView content, ExtendedReport& out) {
  ByteReader in(content);
  if (type == kReceiverReferenceTime) out.receiver_reference_time = NtpTime{in.u64()};
  if (type == kDelaySinceLastRr) {
    if (content.size() % kSubBlockSize != 0) return false;
    while (in.remaining() > 0) {
      const rtp::Ssrc ssrc = in.u32();
      const std::uint32_t last_rr = in.u32();
      out.delays.push_back({ssrc, last_rr, in.u32()});
    }
  }
  return in.ok();
}

}  // namespace

std::optional<ExtendedReport> parse_extended_report(const PacketView& packet) {
  ByteReader in(packet.body);
  ExtendedReport out;
  out.ssrc = in.u32();
  while (in.ok() && in.remaining() > 0) {
    const std::uint8_t type = in.u8();
    in.skip(1);
    const ByteView content = in.view(std::size_t{4} * in.u16());
    if (!in.ok() || !read_block(type, content, out)) return std::nullopt;
  }
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

void write(ByteWriter& out, const ExtendedReport& report) {
  const PacketScope scope(out, 0, PacketType::kExtendedReport);
  out.u32(report.ssrc);
  if (report.receiver_reference_time) {
    out.u8(kReceiverReferenceTime);
    out.u8(0);
    out.u16(2);  // words
    out.u64(report.receiver_reference_time->value);
  }
  if (report.delays.empty()) return;
  out.u8(kDelaySinceLastRr);
  out.u8(0);
  out.u16(3 * report.delays.size());
  for (const ExtendedReport::DelaySinceLastRr& delay : report.delays) {
    out.u32(delay.ssrc);
    out.u32(delay.last_rr);
    out.u32(delay.delay);
  }
}

}  // namespace perch::net::rtcp
