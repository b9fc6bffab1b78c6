#include "net/rtcp/transport_feedback.hpp"

#include <algorithm>

#include "net/rtcp/feedback_types.hpp"

namespace perch::net::rtcp {
namespace {

// Symbols and units of draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.1 to §3.1.5.
enum Symbol : std::uint8_t { kNotReceived = 0, kSmallDelta = 1, kLargeDelta = 2, kReserved = 3 };
constexpr microseconds kDeltaTick{250};
constexpr milliseconds kReferenceTick{64};
constexpr std::uint16_t kVectorBit = 0x8000;
constexpr std::uint16_t kTwoBitBit = 0x4000;
constexpr std::size_t kMaxRun = 0x1FFF;

/// Calls `visit(symbol, how_many)` for `count` statuses; false when the chunks end too early. A run costs one call
/// whatever its length, so a tiny packet cannot ask for 65,535 steps of work.
template <class Visit>
bool for_each_run(ByteReader& in, std::size_t count, Visit visit) {
  while (count > 0) {
    const std::uint16_t chunk = in.u16();
    if (!in.ok()) return false;
    if ((chunk & kVectorBit) == 0) {
      const std::size_t run = std::min<std::size_t>(chunk & kMaxRun, count);
      if (run == 0) return false;  // means nothing, and would let the loop go on for ever
      visit(static_cast<Symbol>(chunk >> 13 & 3), run);
      count -= run;
      continue;
    }
    const bool two_bits = (chunk & kTwoBitBit) != 0;
    const int symbols = two_bits ? 7 : 14;
    for (int i = 0; i < symbols && count > 0; ++i, --count) {
      const int symbol = two_bits ? chunk >> (12 - 2 * i) & 3 : chunk >> (13 - i) & 1;
      visit(static_cast<Symbol>(symbol), std::size_t{1});
    }
  }
  return true;
}

/// Reads the deltas that follow the chunks.
class ArrivalReader {
 public:
  ArrivalReader(TransportFeedback& out, microseconds reference, ByteReader deltas)
      : out_(out), at_(reference), deltas_(deltas), number_(out.base) {}
  void operator()(Symbol symbol, std::size_t count) {
    if (symbol == kNotReceived) {
      number_ = number_ + static_cast<int>(count);
      return;
    }
    for (std::size_t i = 0; i < count && ok(); ++i) read_one(symbol);
  }
  [[nodiscard]] bool ok() const { return deltas_.ok() && !reserved_; }

 private:
  void read_one(Symbol symbol) {
    reserved_ = symbol == kReserved;
    const int ticks = symbol == kSmallDelta ? deltas_.u8() : static_cast<std::int16_t>(deltas_.u16());
    if (!ok()) return;
    at_ += ticks * kDeltaTick;
    out_.arrivals.push_back({number_, at_});
    number_ = number_ + 1;
  }
  TransportFeedback& out_;
  microseconds at_;
  ByteReader deltas_;
  rtp::SequenceNumber number_;
  bool reserved_ = false;
};

}  // namespace

std::optional<TransportFeedback> parse_transport_feedback(const PacketView& packet) {
  ByteReader in(packet.body);
  TransportFeedback out;
  out.sender_ssrc = in.u32();
  out.media_ssrc = in.u32();
  out.base = {in.u16()};
  out.status_count = in.u16();
  const auto reference = static_cast<std::int32_t>(in.u24() << 8) >> 8;  // 24 bits, signed
  out.feedback_count = in.u8();
  if (!in.ok() || out.status_count == 0) return std::nullopt;
  ByteReader chunks = in;
  if (!for_each_run(in, out.status_count, [](Symbol, std::size_t) {})) return std::nullopt;
  ArrivalReader arrivals(out, reference * kReferenceTick, in);
  if (!for_each_run(chunks, out.status_count, std::ref(arrivals)) || !arrivals.ok()) return std::nullopt;
  return out;
}

namespace {

struct Encoded {
  std::vector<Symbol> symbols;
  std::vector<int> ticks;
};

/// Reference tick at or before the first arrival.
std::int64_t reference_of(const TransportFeedback& feedback) {
  if (feedback.arrivals.empty()) return 0;
  const std::int64_t at = feedback.arrivals.front().at.count();
  const std::int64_t tick = microseconds(kReferenceTick).count();
  return at >= 0 ? at / tick : (at - tick + 1) / tick;
}

bool encode(const TransportFeedback& feedback, Encoded& out) {
  out.symbols.assign(feedback.status_count, kNotReceived);
  std::int64_t last = reference_of(feedback) * (microseconds(kReferenceTick) / kDeltaTick);
  int expected = 0;
  for (const TransportFeedback::Arrival& arrival : feedback.arrivals) {
    const auto offset = static_cast<std::uint16_t>(arrival.number.value - feedback.base.value);
    const std::int64_t delta = arrival.at / kDeltaTick - last;
    if (offset < expected || offset >= feedback.status_count || delta < INT16_MIN || delta > INT16_MAX) return false;
    out.symbols[offset] = delta >= 0 && delta <= UINT8_MAX ? kSmallDelta : kLargeDelta;
    out.ticks.push_back(static_cast<int>(delta));
    last += delta;
    expected = offset + 1;
  }
  return true;
}

using SymbolIterator = std::vector<Symbol>::const_iterator;

/// Writes one chunk and says how many symbols it took.
std::ptrdiff_t write_chunk(ByteWriter& out, SymbolIterator begin, SymbolIterator end) {
  const auto run_end = std::find_if(begin, end, [&](Symbol s) { return s != *begin; });
  const std::ptrdiff_t run = std::min<std::ptrdiff_t>(run_end - begin, kMaxRun);
  if (run >= 14 || run_end == end) {
    out.u16(static_cast<std::size_t>(*begin) << 13 | static_cast<std::size_t>(run));
    return run;
  }
  const std::ptrdiff_t wide = std::min<std::ptrdiff_t>(14, end - begin);
  const bool two_bits = std::find(begin, begin + wide, kLargeDelta) != begin + wide;
  const std::ptrdiff_t taken = two_bits ? std::min<std::ptrdiff_t>(7, wide) : wide;
  unsigned chunk = two_bits ? kVectorBit | kTwoBitBit : kVectorBit;
  for (int i = 0; i < taken; ++i) chunk |= static_cast<unsigned>(begin[i]) << (two_bits ? 12 - 2 * i : 13 - i);
  out.u16(chunk);
  return taken;
}

}  // namespace

bool write(ByteWriter& out, const TransportFeedback& feedback) {
  Encoded encoded;
  if (feedback.status_count == 0 || !encode(feedback, encoded)) return false;
  PacketScope scope(out, kTransportWideFeedback, PacketType::kTransportLayerFeedback);
  out.u32(feedback.sender_ssrc);
  out.u32(feedback.media_ssrc);
  out.u16(feedback.base.value);
  out.u16(feedback.status_count);
  out.u24(static_cast<std::uint64_t>(reference_of(feedback)));
  out.u8(feedback.feedback_count);
  for (auto at = encoded.symbols.cbegin(); at != encoded.symbols.cend();)
    at += write_chunk(out, at, encoded.symbols.cend());
  for (const int ticks : encoded.ticks) {
    if (ticks >= 0 && ticks <= UINT8_MAX)
      out.u8(static_cast<std::uint8_t>(ticks));
    else
      out.u16(static_cast<std::uint16_t>(ticks));
  }
  scope.pad();
  return out.ok();
}

}  // namespace perch::net::rtcp
