// What the feedback parser accepts and the writer can say must come back the same.
#include <cstdlib>

#include "net/rtcp/feedback_types.hpp"
#include "net/rtcp/transport_feedback.hpp"

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
  if (!again || again->arrivals != feedback->arrivals || again->status_count != feedback->status_count) std::abort();
  return 0;
}
