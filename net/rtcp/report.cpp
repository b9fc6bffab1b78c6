#include "net/rtcp/report.hpp"

#include <algorithm>

namespace perch::net::rtcp {
namespace {

constexpr std::size_t kMaxBlocks = 31;  // RFC 3550 §6.4.1: five bits of count

ReportBlock read_block(ByteReader& in) {
  ReportBlock block;
  block.ssrc = in.u32();
  block.fraction_lost = in.u8();
  block.cumulative_lost = static_cast<std::int32_t>(in.u24() << 8) >> 8;  // sign of 24 bits
  block.extended_highest_sequence_number = in.u32();
  block.jitter = in.u32();
  block.last_sr = in.u32();
  block.delay_since_last_sr = in.u32();
  return block;
}

std::vector<ReportBlock> read_blocks(ByteReader& in, std::size_t count) {
  std::vector<ReportBlock> blocks;
  blocks.reserve(count);
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(read_block(in));
  return blocks;
}

void write_blocks(ByteWriter& out, const std::vector<ReportBlock>& blocks) {
  for (std::size_t i = 0; i < std::min(blocks.size(), kMaxBlocks); ++i) {
    const ReportBlock& block = blocks[i];
    out.u32(block.ssrc);
    out.u8(block.fraction_lost);
    out.u24(static_cast<std::uint32_t>(block.cumulative_lost));
    out.u32(block.extended_highest_sequence_number);
    out.u32(block.jitter);
    out.u32(block.last_sr);
    out.u32(block.delay_since_last_sr);
  }
}

}  // namespace

std::optional<SenderReport> parse_sender_report(const PacketView& packet) {
  ByteReader in(packet.body);
  SenderReport report;
  report.ssrc = in.u32();
  report.ntp.value = in.u64();
  report.rtp_timestamp = {in.u32()};
  report.packet_count = in.u32();
  report.octet_count = in.u32();
  report.blocks = read_blocks(in, packet.count);
  return in.ok() ? std::optional(std::move(report)) : std::nullopt;
}

std::optional<ReceiverReport> parse_receiver_report(const PacketView& packet) {
  ByteReader in(packet.body);
  ReceiverReport report;
  report.ssrc = in.u32();
  report.blocks = read_blocks(in, packet.count);
  return in.ok() ? std::optional(std::move(report)) : std::nullopt;
}

void write(ByteWriter& out, const SenderReport& report) {
  const PacketScope scope(out, std::min(report.blocks.size(), kMaxBlocks), PacketType::kSenderReport);
  out.u32(report.ssrc);
  out.u64(report.ntp.value);
  out.u32(report.rtp_timestamp.value);
  out.u32(report.packet_count);
  out.u32(report.octet_count);
  write_blocks(out, report.blocks);
}

void write(ByteWriter& out, const ReceiverReport& report) {
  const PacketScope scope(out, std::min(report.blocks.size(), kMaxBlocks), PacketType::kReceiverReport);
  out.u32(report.ssrc);
  write_blocks(out, report.blocks);
}

}  // namespace perch::net::rtcp
