#include "media/rtp/h264_packetizer.hpp"

#include <algorithm>

#include "media/rtp/h264_nal.hpp"

namespace perch::rtp {
namespace {

constexpr std::size_t kStapHeaderSize = 1;
constexpr std::size_t kStapLengthSize = 2;
constexpr std::size_t kFuHeaderSize = 2;  // FU indicator and FU header
constexpr std::uint8_t kFuStart = 0x80;
constexpr std::uint8_t kFuEnd = 0x40;

bool is_sent(ByteView nal) {
  const NalType type = nal_type(nal);
  // Types 0 and 24..31 have no place in a stream; a receiver would read them as aggregates or fragments.
  if (type == NalType{0} || type >= NalType::kStapA) return false;
  return type != NalType::kAccessUnitDelimiter && type != NalType::kFiller;
}

std::size_t fragment_count(std::size_t body, std::size_t room) { return (body + room - 1) / room; }

/// Fills the bytes and fragments of one frame; room for all of them is reserved before.
class PayloadWriter {
 public:
  PayloadWriter(FramePackets& frame, std::size_t max_payload) : frame_(frame), max_payload_(max_payload) {}

  void reserve(std::span<const ByteView> nals) {
    std::size_t bytes = kStapHeaderSize;
    std::size_t fragments = 1;
    for (const ByteView nal : nals) {
      const std::size_t count = fragment_count(nal.size(), max_payload_ - kFuHeaderSize);
      bytes += nal.size() + kFuHeaderSize * count;
      fragments += count;
    }
    frame_.bytes.reserve(bytes);
    frame_.fragments.reserve(fragments);
  }

  void write_nal(ByteView nal) {
    if (nal.size() > max_payload_) return write_fu_a(nal);
    begin();
    append(nal);
    end();
  }

  /// RFC 6184 §5.7.1. The header carries the OR of the F bits and the highest NRI.
  void write_stap_a(std::span<const ByteView> nals) {
    std::uint8_t forbidden = 0;
    std::uint8_t ref_idc = 0;
    for (const ByteView nal : nals) {
      forbidden = static_cast<std::uint8_t>(forbidden | (nal[0] & kNalForbiddenBit));
      ref_idc = std::max<std::uint8_t>(ref_idc, nal[0] & kNalRefIdcMask);
    }
    begin();
    append(static_cast<std::uint8_t>(forbidden | ref_idc | static_cast<std::uint8_t>(NalType::kStapA)));
    for (const ByteView nal : nals) {
      append(static_cast<std::uint8_t>(nal.size() >> 8));
      append(static_cast<std::uint8_t>(nal.size()));
      append(nal);
    }
    end();
  }

 private:
  /// RFC 6184 §5.8: the NAL header is spread over indicator and FU header and not sent itself.
  void write_fu_a(ByteView nal) {
    const std::uint8_t header = nal[0];
    const std::uint8_t indicator = nal_header(header, static_cast<std::uint8_t>(NalType::kFuA));
    const std::uint8_t type = header & kNalTypeMask;
    ByteView body = nal.subspan(1);
    const std::size_t count = fragment_count(body.size(), max_payload_ - kFuHeaderSize);
    const std::size_t step = (body.size() + count - 1) / count;
    for (std::uint8_t start = kFuStart; !body.empty(); start = 0) {
      const std::size_t size = std::min(step, body.size());
      const std::uint8_t last = size == body.size() ? kFuEnd : 0;
      begin();
      append(indicator);
      append(static_cast<std::uint8_t>(start | last | type));
      append(body.first(size));
      end();
      body = body.subspan(size);
    }
  }

  void begin() { start_ = frame_.bytes.size(); }
  void append(std::uint8_t byte) { frame_.bytes.push_back(byte); }
  void append(ByteView bytes) { frame_.bytes.insert(frame_.bytes.end(), bytes.begin(), bytes.end()); }
  void end() {
    frame_.fragments.push_back(
        {static_cast<std::uint32_t>(start_), static_cast<std::uint16_t>(frame_.bytes.size() - start_)});
  }

  FramePackets& frame_;
  std::size_t max_payload_;
  std::size_t start_ = 0;
};

/// The parameter sets that follow one another at the front and fit one packet; fewer than two make no aggregate.
std::span<const ByteView> leading_parameter_sets(std::span<const ByteView> nals, std::size_t max_payload) {
  std::size_t count = 0;
  std::size_t size = kStapHeaderSize;
  while (count < nals.size() && is_parameter_set(nal_type(nals[count]))) {
    size += kStapLengthSize + nals[count].size();
    if (size > max_payload) break;
    ++count;
  }
  return nals.first(count < 2 ? 0 : count);
}

std::span<const ByteView> without_leading_delimiters(std::span<const ByteView> nals) {
  while (!nals.empty() && !is_sent(nals.front())) nals = nals.subspan(1);
  return nals;
}

}  // namespace

H264Packetizer::H264Packetizer(std::size_t max_payload)
    : max_payload_(std::clamp<std::size_t>(max_payload, kMinMaxPayload, UINT16_MAX)) {}

FramePacketsPtr H264Packetizer::packetize(const AccessUnit& unit, PacketIndex first_index, Timestamp timestamp) const {
  const std::span<const ByteView> nals = without_leading_delimiters(unit.nals);
  if (nals.empty()) return nullptr;
  const auto frame = std::make_shared<FramePackets>();
  frame->tier = unit.tier;
  frame->ends_frame = unit.ends_picture;
  frame->first_index = first_index;
  frame->timestamp = timestamp;
  frame->captured_at = unit.captured_at;
  frame->keyframe = unit.keyframe;
  PayloadWriter writer(*frame, max_payload_);
  writer.reserve(nals);
  const auto parameter_sets = leading_parameter_sets(nals, max_payload_);
  if (!parameter_sets.empty()) writer.write_stap_a(parameter_sets);
  for (const ByteView nal : nals.subspan(parameter_sets.size())) {
    if (is_sent(nal)) writer.write_nal(nal);
  }
  return frame;
}

}  // namespace perch::rtp
