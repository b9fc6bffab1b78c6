// The hot path of a viewer allocates nothing: counted, not hoped for.
#include <gtest/gtest.h>

#include "net/outbound_stream.hpp"
#include "tests/net/counting_new.hpp"

namespace perch::net {
namespace {

rtp::FramePackets make_frame(rtp::PacketIndex first) {
  rtp::FramePackets frame;
  frame.first_index = first;
  frame.keyframe = first == 0;
  frame.bytes.resize(8 * 1100);
  for (std::uint32_t i = 0; i < 8; ++i) frame.fragments.push_back({i * 1100, 1100});
  return frame;
}

TEST(HotPath, SendingAFrameAllocatesNothing) {
  SendLog log;
  rtp::PacketHistory history;
  RtpSenderConfig config;
  config.extensions = {3, 2, 5, 9};
  config.mid = "0";
  OutboundStream stream(RtpSender(config, {1}, {1}, log), history);
  SrtpSession srtp = SrtpSession::create({}, false).value();
  DatagramBatch batch;
  std::vector<rtp::FramePackets> frames;
  for (rtp::PacketIndex i = 0; i < 100; ++i) frames.push_back(make_frame(8 * i));
  ASSERT_EQ(stream.send_frame(TimePoint(seconds(1)), frames[0], srtp, batch), 8u);  // grows the arena
  const std::size_t before = allocations_so_far();
  for (std::size_t i = 1; i < frames.size(); ++i) {
    batch.clear();
    stream.send_frame(TimePoint(seconds(1)) + milliseconds(33 * i), frames[i], srtp, batch);
  }
  EXPECT_EQ(allocations_so_far() - before, 0u);
  EXPECT_EQ(batch.datagrams().size(), 8u);
}

}  // namespace
}  // namespace perch::net
