// Any bytes as an authentic RTCP datagram, through the parser and what works on its results.
#include <cstdlib>

#include "net/rtcp/compound.hpp"
#include "net/send_log.hpp"

namespace {

using namespace perch;
using namespace perch::net;

constexpr TimePoint kNow{seconds(100)};

void use(const rtcp::Nack& nack) {
  std::size_t count = 0;
  nack.for_each([&](rtp::SequenceNumber) { ++count; });
  if (count < nack.items.size() || count > 17 * nack.items.size()) std::abort();
}

void use(const rtcp::TransportFeedback& feedback) {
  SendLog log;
  for (int i = 0; i < 100; ++i) log.on_sent(kNow, 1200);
  std::size_t results = 0;
  log.on_feedback(kNow, feedback, [&](const SendLog::PacketResult& result) {
    ++results;
    if (result.sent_at != kNow) std::abort();
  });
  if (results > 100) std::abort();  // each packet once
}

template <class T>
void use(const T&) {}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packets = rtcp::parse_compound({data, size});
  if (!packets) return 0;
  for (const rtcp::Packet& packet : *packets) std::visit([](const auto& p) { use(p); }, packet);
  return 0;
}
