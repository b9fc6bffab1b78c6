#include "media/rtp/rtp_packet.hpp"

#include <cstring>

namespace perch::rtp {
namespace {

constexpr std::uint8_t kVersionBits = 2 << 6;  // RFC 3550 §5.1: version 2
constexpr std::uint8_t kPaddingBit = 1 << 5;
constexpr std::uint8_t kExtensionBit = 1 << 4;
constexpr std::uint8_t kMarkerBit = 1 << 7;
constexpr std::uint16_t kOneByteProfile = 0xBEDE;  // RFC 8285 §4.2
constexpr std::uint8_t kStopId = 15;               // RFC 8285 §4.2: readers stop here
constexpr std::size_t kExtensionHeaderSize = 4;

RtpHeader read_fixed_header(ByteReader& in) {
  RtpHeader header;
  const std::uint8_t second = in.u8();
  header.marker = (second & kMarkerBit) != 0;
  header.payload_type = second & 0x7F;
  header.sequence_number = {in.u16()};
  header.timestamp = {in.u32()};
  header.ssrc = in.u32();
  return header;
}

/// RFC 3550 §5.3.1. Elements of a profile that is not the one-byte form are stepped over.
ByteView read_extensions(ByteReader& in) {
  const std::uint16_t profile = in.u16();
  const ByteView data = in.view(std::size_t{4} * in.u16());
  return profile == kOneByteProfile ? data : ByteView{};
}

}  // namespace

std::optional<ByteView> RtpPacketView::extension(std::uint8_t id) const {
  ByteReader in(extensions);
  while (in.remaining() > 0) {
    const std::uint8_t head = in.u8();
    if (head == 0) continue;  // padding between elements
    const std::uint8_t element = head >> 4;
    // RFC 8285 §4.2: id 15, and id 0 with a length, end the whole block.
    if (element == 0 || element == kStopId) return std::nullopt;
    const ByteView value = in.view((head & 0x0Fu) + 1);
    if (!in.ok()) return std::nullopt;
    if (element == id) return value;
  }
  return std::nullopt;
}

std::optional<RtpPacketView> parse_rtp_packet(ByteView bytes) {
  ByteReader in(bytes);
  const std::uint8_t first = in.u8();
  if ((first & 0xC0) != kVersionBits) return std::nullopt;
  RtpPacketView packet;
  packet.header = read_fixed_header(in);
  in.skip(std::size_t{4} * (first & 0x0Fu));  // contributing sources
  if ((first & kExtensionBit) != 0) packet.extensions = read_extensions(in);
  if (!in.ok()) return std::nullopt;
  packet.header_size = bytes.size() - in.remaining();
  packet.payload = in.rest();
  if ((first & kPaddingBit) == 0) return packet;
  // RFC 3550 §5.1: the last byte counts the padding, itself included.
  if (packet.payload.empty()) return std::nullopt;
  const std::size_t padding = packet.payload.back();
  if (padding == 0 || padding > packet.payload.size()) return std::nullopt;
  packet.payload = packet.payload.first(packet.payload.size() - padding);
  return packet;
}

RtpPacketWriter::RtpPacketWriter(ByteSpan out, const RtpHeader& header) : buffer_(out), out_(out) {
  failed_ = header.payload_type > 0x7F;
  out_.u8(kVersionBits);
  out_.u8((header.marker ? kMarkerBit : 0u) | (header.payload_type & 0x7Fu));
  out_.u16(header.sequence_number.value);
  out_.u32(header.timestamp.value);
  out_.u32(header.ssrc);
}

void RtpPacketWriter::extension(std::uint8_t id, ByteView value) {
  failed_ = failed_ || !header_open_ || id == 0 || id >= kStopId || value.empty() || value.size() > 16;
  if (failed_) return;
  if (extensions_at_ == 0) {
    out_.u16(kOneByteProfile);
    out_.u16(0);  // length, known in close_header()
    extensions_at_ = kRtpFixedHeaderSize + kExtensionHeaderSize;
  }
  out_.u8(static_cast<std::size_t>(id) << 4 | (value.size() - 1));
  out_.bytes(value);
}

void RtpPacketWriter::close_header() {
  if (!header_open_) return;
  header_open_ = false;
  if (extensions_at_ != 0) {
    while ((out_.size() - extensions_at_) % 4 != 0 && out_.ok()) out_.u8(0);
  }
  failed_ = failed_ || !out_.ok();
  used_ = out_.size();
  if (failed_ || extensions_at_ == 0) return;
  buffer_[0] |= kExtensionBit;
  // RFC 3550 §5.3.1: the length counts 32-bit words after these four bytes.
  out_.patch_u16(extensions_at_ - 2, static_cast<std::uint16_t>((used_ - extensions_at_) / 4));
}

void RtpPacketWriter::payload(ByteView bytes) {
  close_header();
  failed_ = failed_ || bytes.size() > buffer_.size() - used_;
  if (failed_ || bytes.empty()) return;
  std::memcpy(buffer_.data() + used_, bytes.data(), bytes.size());
  used_ += bytes.size();
}

void RtpPacketWriter::padding(std::uint8_t size) {
  close_header();
  failed_ = failed_ || size == 0 || size > buffer_.size() - used_;
  if (failed_) return;
  buffer_[0] |= kPaddingBit;
  std::memset(buffer_.data() + used_, 0, size);
  used_ += size;
  buffer_[used_ - 1] = size;
}

ByteSpan RtpPacketWriter::finish() {
  close_header();
  return failed_ ? ByteSpan{} : buffer_.first(used_);
}

}  // namespace perch::rtp
