#include "media/rtp/h264_depacketizer.hpp"

#include <algorithm>
#include <utility>

#include "media/rtp/h264_nal.hpp"

namespace perch::rtp {
namespace {

constexpr std::uint8_t kFuStart = 0x80;
constexpr std::uint8_t kFuEnd = 0x40;
constexpr std::uint8_t kFuReserved = 0x20;

}  // namespace

Result<std::optional<ReceivedAccessUnit>> H264Depacketizer::on_payload(ByteView payload, Timestamp timestamp,
                                                                       bool marker) {
  // RFC 6184 §5.1: all packets of one access unit share the timestamp, so a new one starts a new unit, marker lost or
  // not.
  if (!started_ || timestamp != unit_.timestamp) start_over(timestamp);
  damaged_ = std::exchange(gap_, false) || damaged_;
  Result<void> taken;
  if (!damaged_) taken = take(payload);
  damaged_ = damaged_ || !taken;
  std::optional<ReceivedAccessUnit> finished;
  if (marker) finished = finish();
  if (!taken) return fail(taken.error());
  return finished;
}

void H264Depacketizer::on_gap() { gap_ = true; }

std::optional<ReceivedAccessUnit> H264Depacketizer::finish() {
  const bool complete = !damaged_ && !in_fragment_ && !unit_.nals.empty();
  started_ = false;
  if (!complete) return std::nullopt;
  unit_.keyframe = std::any_of(unit_.nals.begin(), unit_.nals.end(),
                               [](const Bytes& nal) { return nal_type(nal) == NalType::kIdrSlice; });
  return std::exchange(unit_, {});
}

void H264Depacketizer::start_over(Timestamp timestamp) {
  unit_ = {};
  unit_.timestamp = timestamp;
  size_ = 0;
  in_fragment_ = false;
  damaged_ = false;
  started_ = true;
}

Result<void> H264Depacketizer::take(ByteView payload) {
  if (payload.empty()) return fail(Errc::kInvalid, "empty payload");
  const NalType type = nal_type(payload);
  if (type == NalType::kFuA) return take_fu_a(payload);
  if (in_fragment_) return fail(Errc::kInvalid, "a fragmented NAL unit without end");
  if (type == NalType::kStapA) return take_stap_a(payload);
  // RFC 6184 §6.3: no other aggregates or fragments in this mode; type 0 does not exist.
  if (type == NalType{0} || type > NalType::kStapA)
    return fail(Errc::kInvalid, "payload type not in packetization-mode 1");
  return append_nal(payload);
}

Result<void> H264Depacketizer::take_stap_a(ByteView payload) {
  ByteReader in(payload.subspan(1));
  if (in.remaining() == 0) return fail(Errc::kInvalid, "empty STAP-A");
  while (in.remaining() > 0) {
    const ByteView nal = in.view(in.u16());
    if (!in.ok() || nal.empty()) return fail(Errc::kInvalid, "truncated STAP-A");
    // RFC 6184 §5.7: an aggregate never holds another one.
    const NalType type = nal_type(nal);
    if (type == NalType{0} || type >= NalType::kStapA) return fail(Errc::kInvalid, "nested aggregate");
    if (auto appended = append_nal(nal); !appended) return appended;
  }
  return {};
}

Result<void> H264Depacketizer::take_fu_a(ByteView payload) {
  if (payload.size() < 3) return fail(Errc::kInvalid, "truncated FU-A");
  const std::uint8_t flags = payload[1];
  const bool start = (flags & kFuStart) != 0;
  const bool end = (flags & kFuEnd) != 0;
  const std::uint8_t header = nal_header(payload[0], flags);
  // RFC 6184 §5.8: a NAL unit in one fragment is not allowed, nor are aggregates in fragments.
  if ((start && end) || start == in_fragment_ || (flags & kFuReserved) != 0)
    return fail(Errc::kInvalid, "FU-A out of order");
  const NalType type = static_cast<NalType>(flags & kNalTypeMask);
  if (type == NalType{0} || type >= NalType::kStapA) return fail(Errc::kInvalid, "FU-A of an aggregate");
  if (start) {
    if (auto appended = append_nal(ByteView(&header, 1)); !appended) return appended;
  } else if (unit_.nals.back().front() != header) {
    return fail(Errc::kInvalid, "FU-A of another NAL unit");
  }
  const ByteView body = payload.subspan(2);
  size_ += body.size();
  if (size_ > kMaxAccessUnit) return fail(Errc::kTooLarge, "access unit over the limit");
  unit_.nals.back().insert(unit_.nals.back().end(), body.begin(), body.end());
  in_fragment_ = !end;
  return {};
}

Result<void> H264Depacketizer::append_nal(ByteView nal) {
  size_ += nal.size();
  if (size_ > kMaxAccessUnit) return fail(Errc::kTooLarge, "access unit over the limit");
  unit_.nals.emplace_back(nal.begin(), nal.end());
  return {};
}

}  // namespace perch::rtp
