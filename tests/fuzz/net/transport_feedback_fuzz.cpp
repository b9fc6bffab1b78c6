// What the feedback parser accepts and the writer can say must come back the same.
#include <cstdlib>

#include "net/rtcp/feedback_types.hpp"
#include "net/rtcp/transport_feedback.hpp"

namespace {

using perch::net::rtcp::TransportFeedback;

/// The same arrivals, on a clock that may have wrapped in between.
bool same_arrivals(const TransportFeedback& one, const TransportFeedback& other) {
  if (one.arrivals.size() != other.arrivals.size()) return false;
  if (one.arrivals.empty()) return true;
  const auto offset = other.arrivals.front().at - one.arrivals.front().at;
  if (offset % TransportFeedback::kClockPeriod != offset.zero()) return false;
  for (std::size_t i = 0; i < one.arrivals.size(); ++i) {
    if (one.arrivals[i].number != other.arrivals[i].number) return false;
    if (other.arrivals[i].at - one.arrivals[i].at != offset) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  using namespace perch::net::rtcp;
  const auto feedback =
      parse_transport_feedback({kTransportWideFeedback, PacketType::kTransportLayerFeedback, ByteView(data, size)});
  if (!feedback) return 0;
  if (feedback->arrivals.size() > feedback->status_count || feedback->arrivals.size() > size) std::abort();
  Bytes buffer(std::size_t{4} * 65536);
  ByteWriter out(buffer);
  if (!write(out, *feedback) || out.size() > std::size_t{4} * 65535) return 0;
  ByteReader in(out.written());
  const auto packet = next_packet(in);
  if (!packet) std::abort();
  const auto again = parse_transport_feedback(*packet);
  if (!again || !same_arrivals(*again, *feedback) || again->status_count != feedback->status_count) std::abort();
  return 0;
}
