// The hot path of a viewer allocates nothing: counted, not hoped for.
#include <gtest/gtest.h>

#include "net/datagram_batch.hpp"
#include "net/outbound_stream.hpp"
#include "net/srtp_session.hpp"
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
  OutboundStream stream(RtpSender(config, {1}, {1}, log), {&history, nullptr}, OutboundStream::Media::kVideo, 0);
  SrtpSession srtp = SrtpSession::create({}, false).value();
  Pacer pacer(Bitrate::kbps(100'000), Bitrate::kbps(10'000));
  DatagramBatch batch;
  std::vector<std::shared_ptr<rtp::FramePackets>> frames;
  for (rtp::PacketIndex i = 0; i < 100; ++i) {
    frames.push_back(std::make_shared<rtp::FramePackets>(make_frame(8 * i)));
    frames.back()->captured_at = TimePoint(seconds(1));
    history.push(frames.back(), TimePoint(seconds(1)));
  }
  std::size_t before = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i == 1) before = allocations_so_far();  // the first one grows the arena
    batch.clear();
    const TimePoint now = TimePoint(seconds(1)) + milliseconds(33 * i);
    ASSERT_EQ(stream.send_frame(*frames[i], pacer), 8u);
    while (const auto packet = pacer.next(now)) {
      const ByteSpan slot = batch.slot();
      const auto sealed = srtp.protect_rtp(slot, stream.write(now, *packet, slot));
      ASSERT_TRUE(sealed);
      batch.commit(*sealed);
    }
    ASSERT_EQ(batch.datagrams().size(), 8u);
  }
  EXPECT_EQ(allocations_so_far() - before, 0u);
}

}  // namespace
}  // namespace perch::net
