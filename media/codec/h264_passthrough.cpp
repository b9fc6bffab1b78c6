#include "media/codec/h264_passthrough.hpp"

#include <algorithm>

#include "hal/base/bit_reader.hpp"
#include "media/rtp/annexb.hpp"

namespace perch::codec {
namespace {

using rtp::NalType;

// H.264 7.4.2.1.1 and 7.4.2.2. Larger ids are nonsense and are not stored, which also bounds the memory.
constexpr std::uint32_t kMaxSpsId = 31;
constexpr std::uint32_t kMaxPpsId = 255;

std::optional<std::uint32_t> read_id(ByteView nal, int bits_in_front, std::uint32_t max) {
  BitReader in(nal.subspan(1));
  in.skip_bits(bits_in_front);
  const std::uint32_t id = in.unsigned_golomb();
  return in.ok() && id <= max ? std::optional(id) : std::nullopt;
}

bool is_picture(ByteView nal) {
  const NalType type = rtp::nal_type(nal);
  return type >= NalType::kSlice && type <= NalType::kIdrSlice;
}

bool is_idr(ByteView nal) { return rtp::nal_type(nal) == NalType::kIdrSlice; }

void store(std::map<std::uint32_t, Bytes>& sets, std::uint32_t id, ByteView nal) {
  Bytes& stored = sets[id];
  if (!std::equal(nal.begin(), nal.end(), stored.begin(), stored.end())) stored.assign(nal.begin(), nal.end());
}

}  // namespace

const std::optional<Sps> H264Passthrough::kNone;

void H264Passthrough::remember(ByteView nal) {
  if (rtp::nal_type(nal) == NalType::kPps) {
    if (const auto id = read_id(nal, 0, kMaxPpsId)) store(pps_by_id_, *id, nal);
    return;
  }
  if (rtp::nal_type(nal) != NalType::kSps) return;
  const auto sps = parse_sps(nal);
  if (!sps) return;
  constexpr int kProfileAndLevel = 24;  // [bits]
  const auto id = read_id(nal, kProfileAndLevel, kMaxSpsId);
  if (!id) return;
  sps_ = *sps;
  store(sps_by_id_, *id, nal);
}

void H264Passthrough::compose_key_frame() {
  complete_.clear();
  for (const auto& [id, nal] : sps_by_id_) complete_.emplace_back(nal);
  for (const auto& [id, nal] : pps_by_id_) complete_.emplace_back(nal);
  for (const ByteView nal : nals_) {
    if (!rtp::is_parameter_set(rtp::nal_type(nal))) complete_.push_back(nal);
  }
}

std::optional<EncodedFrame> H264Passthrough::on_access_unit(ByteView byte_stream) {
  nals_.clear();
  rtp::AnnexBReader reader(byte_stream);
  while (const auto nal = reader.next()) {
    nals_.push_back(*nal);
    remember(*nal);
  }
  if (std::none_of(nals_.begin(), nals_.end(), is_picture)) return std::nullopt;
  const bool keyframe = std::any_of(nals_.begin(), nals_.end(), is_idr);
  started_ = started_ || (keyframe && !sps_by_id_.empty() && !pps_by_id_.empty());
  if (!started_) return std::nullopt;
  if (!keyframe) return EncodedFrame{nals_, false};
  compose_key_frame();
  return EncodedFrame{complete_, true};
}

}  // namespace perch::codec
