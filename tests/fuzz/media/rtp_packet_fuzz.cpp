// Any bytes as an RTP packet; what parses is written again and must read the same.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "media/rtp/rtp_packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  const auto packet = rtp::parse_rtp_packet({data, size});
  if (!packet) return 0;
  Bytes buffer(size + 300);
  rtp::RtpPacketWriter writer(buffer, packet->header);
  for (std::uint8_t id = 1; id <= 14; ++id) {
    if (const auto value = packet->extension(id)) writer.extension(id, *value);
  }
  writer.payload(packet->payload);
  const auto again = rtp::parse_rtp_packet(writer.finish());
  if (!again || !std::ranges::equal(again->payload, packet->payload)) std::abort();
  if (again->header.ssrc != packet->header.ssrc || again->header.marker != packet->header.marker) std::abort();
  for (std::uint8_t id = 1; id <= 14; ++id) {
    const auto before = packet->extension(id);
    const auto after = again->extension(id);
    if (before.has_value() != after.has_value()) std::abort();
    if (before && !std::ranges::equal(*before, *after)) std::abort();
  }
  return 0;
}
