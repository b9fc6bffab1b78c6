#include "net/rtcp/keyframe_request.hpp"

#include "net/rtcp/feedback_types.hpp"

namespace perch::net::rtcp {

std::optional<PictureLossIndication> parse_picture_loss(const PacketView& packet) {
  ByteReader in(packet.body);
  PictureLossIndication out;
  out.sender_ssrc = in.u32();
  out.media_ssrc = in.u32();
  return in.ok() ? std::optional(out) : std::nullopt;
}

std::optional<FullIntraRequest> parse_full_intra(const PacketView& packet) {
  ByteReader in(packet.body);
  FullIntraRequest out;
  out.sender_ssrc = in.u32();
  in.skip(4);  // RFC 5104 §4.3.1.2: media source is unused
  if (in.remaining() == 0 || in.remaining() % 8 != 0) return std::nullopt;
  while (in.remaining() > 0) {
    const rtp::Ssrc ssrc = in.u32();
    out.entries.push_back({ssrc, in.u8()});
    in.skip(3);
  }
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

void write(ByteWriter& out, const PictureLossIndication& request) {
  const PacketScope scope(out, kPictureLoss, PacketType::kPayloadSpecificFeedback);
  out.u32(request.sender_ssrc);
  out.u32(request.media_ssrc);
}

void write(ByteWriter& out, const FullIntraRequest& request) {
  const PacketScope scope(out, kFullIntra, PacketType::kPayloadSpecificFeedback);
  out.u32(request.sender_ssrc);
  out.u32(0);
  for (const FullIntraRequest::Entry& entry : request.entries) {
    out.u32(entry.ssrc);
    out.u8(entry.sequence_number);
    out.u24(0);
  }
}

}  // namespace perch::net::rtcp
