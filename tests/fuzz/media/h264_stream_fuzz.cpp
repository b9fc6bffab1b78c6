// Any bytes as an H.264 byte stream from a camera or file: cut, remembered, packetised and put together again.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "hal/base/h264_sps.hpp"
#include "hal/video/access_unit_index.hpp"
#include "media/codec/h264_passthrough.hpp"
#include "media/rtp/annexb.hpp"
#include "media/rtp/h264_depacketizer.hpp"
#include "media/rtp/h264_packetizer.hpp"

namespace {

using namespace perch;

void check_sps(ByteView nal) {
  const auto sps = parse_sps(nal);
  if (sps && (sps->size.width <= 0 || sps->size.height <= 0 || sps->profile_level_id().size() != 6)) std::abort();
}

void check_round_trip(const codec::EncodedFrame& frame) {
  const auto packets = rtp::H264Packetizer(64).packetize({frame.nals, {}, frame.keyframe}, 0, {1});
  if (!packets) return;
  rtp::H264Depacketizer depacketizer;
  for (std::size_t i = 0; i < packets->fragments.size(); ++i) {
    const auto unit = depacketizer.on_payload(packets->payload(i), {1}, packets->is_last(i));
    if (!unit || unit->has_value() != packets->is_last(i)) std::abort();
  }
}

std::vector<video::AccessUnitExtent> index_of(ByteView stream, std::size_t piece) {
  video::AccessUnitIndex index;
  for (; stream.size() > piece; stream = stream.subspan(piece)) index.push(stream.first(piece));
  index.push(stream);
  return index.finish();
}

/// A film's pictures lie within it, one after the other, wherever it was cut for reading.
void check_index(ByteView stream) {
  const auto units = index_of(stream, std::max<std::size_t>(stream.size(), 1));
  std::uint64_t end = 0;
  for (const auto& unit : units) {
    if (unit.offset < end || unit.size == 0 || unit.size > stream.size() - unit.offset) std::abort();
    end = unit.offset + unit.size;
  }
  if (index_of(stream, 1) != units || index_of(stream, stream.size() / 3 + 1) != units) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView stream(data, size);
  rtp::AnnexBReader reader(stream);
  while (const auto nal = reader.next()) check_sps(*nal);
  check_sps(stream);
  check_index(stream);
  codec::H264Passthrough passthrough;
  const std::size_t half = size / 2;
  for (const ByteView part : {stream.first(half), stream.subspan(half), stream}) {
    if (const auto frame = passthrough.on_access_unit(part)) check_round_trip(*frame);
  }
  return 0;
}
