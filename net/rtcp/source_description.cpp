#include "net/rtcp/source_description.hpp"

#include <algorithm>

namespace perch::net::rtcp {
namespace {

constexpr std::uint8_t kEnd = 0;
constexpr std::uint8_t kCname = 1;
constexpr std::size_t kMaxText = 255;  // one byte of length
constexpr std::size_t kMaxCount = 31;

/// RFC 3550 §6.5: items end with a zero byte and are filled up to a whole word from the start of the chunk.
bool read_items(ByteReader& in, SourceDescription::Chunk& chunk) {
  std::size_t used = 0;
  while (in.ok() && in.remaining() > 0) {
    const std::uint8_t type = in.u8();
    ++used;
    if (type == kEnd) {
      in.skip((4 - used % 4) % 4);
      return in.ok();
    }
    const ByteView text = in.view(in.u8());
    used += 1 + text.size();
    if (type == kCname) chunk.cname = as_text(text);
  }
  return false;
}

void write_chunk(ByteWriter& out, const SourceDescription::Chunk& chunk) {
  const std::string_view cname = std::string_view(chunk.cname).substr(0, kMaxText);
  out.u32(chunk.ssrc);
  out.u8(kCname);
  out.u8(cname.size());
  out.bytes(as_bytes(cname));
  const std::size_t used = 2 + cname.size();
  for (std::size_t i = 0; i < 4 - used % 4; ++i) out.u8(kEnd);
}

}  // namespace

std::optional<SourceDescription> parse_source_description(const PacketView& packet) {
  ByteReader in(packet.body);
  SourceDescription out;
  for (std::size_t i = 0; i < packet.count; ++i) {
    SourceDescription::Chunk chunk;
    chunk.ssrc = in.u32();
    if (!read_items(in, chunk)) return std::nullopt;
    out.chunks.push_back(std::move(chunk));
  }
  return out;
}

std::optional<Goodbye> parse_goodbye(const PacketView& packet) {
  ByteReader in(packet.body);
  Goodbye out;
  for (std::size_t i = 0; i < packet.count; ++i) out.ssrcs.push_back(in.u32());
  if (in.ok() && in.remaining() > 0) out.reason = as_text(in.view(in.u8()));
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

void write(ByteWriter& out, const SourceDescription& description) {
  const std::size_t count = std::min(description.chunks.size(), kMaxCount);
  const PacketScope scope(out, count, PacketType::kSourceDescription);
  for (std::size_t i = 0; i < count; ++i) write_chunk(out, description.chunks[i]);
}

void write(ByteWriter& out, const Goodbye& goodbye) {
  const std::size_t count = std::min(goodbye.ssrcs.size(), kMaxCount);
  const PacketScope scope(out, count, PacketType::kGoodbye);
  for (std::size_t i = 0; i < count; ++i) out.u32(goodbye.ssrcs[i]);
  if (goodbye.reason.empty()) return;
  const std::string_view reason = std::string_view(goodbye.reason).substr(0, kMaxText);
  out.u8(reason.size());
  out.bytes(as_bytes(reason));
  for (std::size_t used = 1 + reason.size(); used % 4 != 0; ++used) out.u8(0);
}

}  // namespace perch::net::rtcp
