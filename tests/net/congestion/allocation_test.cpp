// The controller and the pacer of a running stream allocate nothing: counted, not hoped for.
#include <gtest/gtest.h>

#include "net/congestion/congestion_controller.hpp"
#include "net/congestion/pacer.hpp"
#include "tests/net/counting_new.hpp"

namespace perch::net {
namespace {

TEST(CongestionHotPath, TenSecondsOfVideoAllocateNothing) {
  CongestionController controller({});
  Pacer pacer(controller.pacing_rate(), controller.target());
  SendLog log;
  TimePoint now{seconds(100)};
  std::size_t sent = 0;
  const auto drain = [&] {
    pacer.set_rates(controller.pacing_rate(), controller.target());
    while (const auto packet = pacer.next(now)) {
      const rtp::SequenceNumber number = log.next_number();
      log.on_sent(now, packet->size);
      controller.on_sent(now, number, packet->probe);
      controller.on_packet({number, now, packet->size, microseconds(to_us(now.time_since_epoch()) + 50'000)});
      ++sent;
    }
  };
  const std::size_t before = allocations_so_far();
  for (int frame = 0; frame < 300; ++frame) {
    if (const auto probe = controller.next_probe(now)) pacer.probe(*probe);
    for (int i = 0; i < 5; ++i) static_cast<void>(pacer.enqueue({PacketKind::kVideo, 1000, 1}));
    static_cast<void>(pacer.enqueue({PacketKind::kAudio, 100, 1}));
    static_cast<void>(pacer.enqueue({PacketKind::kRetransmission, 500, 1}));
    for (const TimePoint next = now + milliseconds(33); now < next; now += milliseconds(1)) drain();
    controller.on_feedback(now);
    controller.on_deadline(now);
  }
  EXPECT_EQ(allocations_so_far() - before, 0u);
  EXPECT_GT(sent, 1500u);
}

}  // namespace
}  // namespace perch::net
