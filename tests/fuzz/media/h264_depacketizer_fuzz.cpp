// A run of RTP payloads: each is a length byte, a flag byte (marker, new timestamp, gap) and the bytes.
#include <algorithm>
#include <cstdlib>

#include "media/rtp/h264_depacketizer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  ByteReader in({data, size});
  rtp::H264Depacketizer depacketizer;
  rtp::Timestamp timestamp;
  while (in.remaining() >= 2) {
    const std::size_t length = in.u8();
    const std::uint8_t flags = in.u8();
    if ((flags & 2) != 0) ++timestamp.value;
    if ((flags & 4) != 0) depacketizer.on_gap();
    const ByteView payload = in.view(std::min(length, in.remaining()));
    const auto unit = depacketizer.on_payload(payload, timestamp, (flags & 1) != 0);
    if (!unit || !*unit) continue;
    // A finished unit holds whole NAL units and nothing else.
    if ((*unit)->nals.empty() || (*unit)->timestamp != timestamp) std::abort();
    for (const Bytes& nal : (*unit)->nals) {
      if (nal.empty()) std::abort();
    }
  }
  return 0;
}
