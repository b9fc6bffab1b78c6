#include "net/outbound_stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "media/rtp/rtp_packet.hpp"

namespace perch::net {
namespace {

constexpr Bitrate kPacing = Bitrate::kbps(1000);
using rtp::Tier;

/// Two encodes of the same pictures and a viewer of them.
class OutboundStreamTest : public testing::Test {
 protected:
  struct Left {
    std::uint16_t number;
    std::uint32_t timestamp;
    bool marker;
  };
  static RtpSenderConfig config() {
    RtpSenderConfig out;
    out.ssrc = 1;
    out.rtx_ssrc = 2;
    out.rtx_payload_type = 97;
    return out;
  }
  rtp::FramePacketsPtr frame(Tier tier, std::uint32_t picture, bool keyframe, std::size_t packets = 1,
                             bool ends_frame = true) {
    auto out = std::make_shared<rtp::FramePackets>();
    rtp::PacketIndex& next = next_index_[rtp::index(tier)];
    out->tier = tier;
    out->first_index = next;
    out->timestamp = {3000 * picture};
    out->captured_at = now_;
    out->keyframe = keyframe;
    out->ends_frame = ends_frame;
    out->bytes.resize(1000 * packets);
    for (std::uint32_t i = 0; i < packets; ++i) out->fragments.push_back({1000 * i, 1000});
    next = out->end_index();
    histories_[rtp::index(tier)].push(out, now_);
    return out;
  }
  std::size_t send(Tier tier, std::uint32_t picture, bool keyframe, std::size_t packets = 1, bool ends_frame = true) {
    return stream_.send_frame(*frame(tier, picture, keyframe, packets, ends_frame), pacer_);
  }
  /// Lets everything leave that may by `now_`.
  std::vector<Left> leave() {
    std::vector<Left> out;
    while (const auto packet = pacer_.next(now_)) {
      std::array<std::uint8_t, 1280> buffer{};
      const std::size_t size = stream_.write(now_, *packet, buffer);
      const auto parsed = rtp::parse_rtp_packet(ByteView(buffer).first(size));
      if (parsed)
        out.push_back({parsed->header.sequence_number.value, parsed->header.timestamp.value, parsed->header.marker});
    }
    return out;
  }
  std::vector<Left> leave_all() {
    std::vector<Left> out;
    while (pacer_.deadline() != kNever) {
      for (const Left& one : leave()) out.push_back(one);
      if (pacer_.deadline() != kNever) now_ = std::max(now_, pacer_.deadline());
    }
    return out;
  }
  TimePoint now_{seconds(100)};
  SendLog log_;
  std::array<rtp::PacketHistory, rtp::kTiers> histories_;
  std::array<rtp::PacketIndex, rtp::kTiers> next_index_{};
  OutboundStream stream_{
      RtpSender(config(), {10}, {1}, log_), {histories_.data(), &histories_[1]}, OutboundStream::Media::kVideo, 0};
  Pacer pacer_{kPacing, kPacing};
};

TEST_F(OutboundStreamTest, ChangesTierAtAKeyframeAndKeepsItsNumbers) {
  EXPECT_EQ(send(Tier::kMain, 1, true), 1u);
  EXPECT_EQ(send(Tier::kLow, 1, true), 0u);
  stream_.set_tier(Tier::kLow);
  EXPECT_EQ(stream_.take_keyframe_wanted(), Tier::kLow);
  EXPECT_EQ(send(Tier::kMain, 2, false), 1u) << "the old one goes on until then";
  EXPECT_EQ(send(Tier::kLow, 2, false), 0u);
  EXPECT_EQ(send(Tier::kLow, 3, true), 1u);
  EXPECT_EQ(stream_.tier(), Tier::kLow);
  EXPECT_EQ(send(Tier::kMain, 4, false), 0u);
  EXPECT_EQ(send(Tier::kLow, 4, false), 1u);
  const auto left = leave_all();
  ASSERT_EQ(left.size(), 4u);
  for (std::size_t i = 0; i < left.size(); ++i) {
    EXPECT_EQ(left[i].number, 10 + i);
    EXPECT_EQ(left[i].timestamp, 3000 * (i + 1));
  }
  EXPECT_EQ(stream_.take_keyframe_wanted(), std::nullopt);
}

TEST_F(OutboundStreamTest, ThePictureOfTheChangeIsSentTwiceWithTwoTimes) {
  send(Tier::kMain, 1, true);
  stream_.set_tier(Tier::kLow);
  send(Tier::kMain, 2, false);
  EXPECT_EQ(send(Tier::kLow, 2, true), 1u);
  EXPECT_EQ(send(Tier::kLow, 3, false), 1u);
  const auto left = leave_all();
  ASSERT_EQ(left.size(), 4u);
  EXPECT_EQ(left[1].timestamp, 6000u);
  EXPECT_EQ(left[2].timestamp, 6001u);
  EXPECT_EQ(left[3].timestamp, 9000u);
}

TEST_F(OutboundStreamTest, NeverGoesBackInTime) {
  send(Tier::kMain, 5, true);
  stream_.set_tier(Tier::kLow);
  static_cast<void>(stream_.take_keyframe_wanted());
  EXPECT_EQ(send(Tier::kLow, 4, true), 0u);
  EXPECT_EQ(stream_.take_keyframe_wanted(), Tier::kLow) << "a later one is needed";
  EXPECT_EQ(stream_.tier(), Tier::kMain);
}

TEST_F(OutboundStreamTest, RepeatsPacketsOfTheTierTheyCameFrom) {
  send(Tier::kMain, 1, true);
  stream_.set_tier(Tier::kLow);
  send(Tier::kLow, 2, true);
  ASSERT_EQ(leave_all().size(), 2u);
  stream_.on_nack(now_, {1, 1, {{{10}, 0x0001}}}, milliseconds(20), pacer_);
  const auto again = leave_all();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].timestamp, 3000u);
  EXPECT_EQ(again[1].timestamp, 6000u);
}

TEST_F(OutboundStreamTest, PartsOfAPictureMakeOneFrame) {
  EXPECT_EQ(send(Tier::kMain, 1, true, 1, false), 1u);
  EXPECT_EQ(send(Tier::kMain, 1, false, 2, false), 2u);
  EXPECT_EQ(send(Tier::kMain, 1, false, 1, true), 1u);
  const auto left = leave_all();
  ASSERT_EQ(left.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(left[i].marker, i == 3) << i;
  EXPECT_EQ(stream_.counters().frames_sent, 1u);
}

TEST_F(OutboundStreamTest, TooMuchWaitingIsDroppedUpToTheNextKeyframe) {
  send(Tier::kMain, 1, true);
  ASSERT_EQ(leave_all().size(), 1u);
  for (std::uint32_t picture = 2; picture < 12; ++picture) send(Tier::kMain, picture, false, 5);  // 400 ms
  EXPECT_GE(stream_.counters().overloads, 1u);
  EXPECT_EQ(stream_.take_keyframe_wanted(), Tier::kMain);
  EXPECT_LT(pacer_.video_time(), Pacer::kLongestQueue);
  EXPECT_EQ(send(Tier::kMain, 12, true, 2), 2u);
  EXPECT_EQ(stream_.take_keyframe_wanted(), std::nullopt);
}

TEST_F(OutboundStreamTest, APictureThatBeganToLeaveIsFinished) {
  send(Tier::kMain, 1, true, 5);
  ASSERT_FALSE(leave().empty());  // its head
  send(Tier::kMain, 2, false, 100);
  send(Tier::kMain, 3, false, 1);
  EXPECT_EQ(stream_.counters().overloads, 0u) << "a key frame may take its time";
  const auto left = leave_all();
  bool ended = false;
  for (const Left& one : left) ended = ended || (one.timestamp == 3000 && one.marker);
  EXPECT_TRUE(ended);
}

TEST_F(OutboundStreamTest, AKeyframeLargerThanTheQueueStillArrives) {
  EXPECT_EQ(send(Tier::kMain, 1, true, 60), 60u);  // half a second
  for (std::uint32_t picture = 2; picture < 5; ++picture) {
    now_ += milliseconds(33);
    static_cast<void>(leave());
    EXPECT_EQ(send(Tier::kMain, picture, false), 1u) << picture;
  }
  EXPECT_EQ(stream_.counters().overloads, 0u);
}

TEST_F(OutboundStreamTest, RepetitionsThatWaitAreNoReasonToDropVideo) {
  send(Tier::kMain, 1, true, 40);
  ASSERT_EQ(leave_all().size(), 40u);
  stream_.on_nack(now_, {1, 1, {{{10}, 0xFFFF}, {{27}, 0xFFFF}}}, milliseconds(20), pacer_);
  EXPECT_GT(pacer_.queue_time(), Pacer::kLongestQueue);
  EXPECT_EQ(send(Tier::kMain, 2, false), 1u);
  EXPECT_EQ(stream_.counters().overloads, 0u);
}

TEST_F(OutboundStreamTest, ARepetitionThatCameTooLateDoesNotStopTheVideo) {
  send(Tier::kMain, 1, true);
  ASSERT_EQ(leave_all().size(), 1u);
  stream_.on_nack(now_, {1, 1, {{{10}, 0}}}, milliseconds(20), pacer_);
  histories_[0].clear();
  EXPECT_TRUE(leave_all().empty());
  EXPECT_EQ(stream_.take_keyframe_wanted(), Tier::kMain) << "that one mattered";
  EXPECT_EQ(send(Tier::kMain, 2, false), 1u);
}

TEST_F(OutboundStreamTest, WhatWasLostBeforeAKeyframeIsNoReasonForAnother) {
  send(Tier::kMain, 1, true);
  ASSERT_EQ(leave_all().size(), 1u);
  histories_[0].clear();
  send(Tier::kMain, 2, true);
  ASSERT_EQ(leave_all().size(), 1u);
  stream_.on_nack(now_, {1, 1, {{{10}, 0}}}, milliseconds(20), pacer_);
  EXPECT_EQ(stream_.counters().retransmit_too_old, 1u);
  EXPECT_EQ(stream_.take_keyframe_wanted(), std::nullopt);
}

TEST_F(OutboundStreamTest, AThinnedStreamSendsTheHeadOfEachGroupAndAsksForNothing) {
  stream_.set_thinned(true);
  std::size_t sent = 0;
  std::uint32_t picture = 0;
  for (int group = 0; group < 5; ++group) {
    for (int i = 0; i < 30; ++i, now_ += milliseconds(33)) {
      sent += send(Tier::kMain, ++picture, i == 0, i == 0 ? 20 : 8) > 0 ? 1 : 0;
      static_cast<void>(leave());
      // 150 ms in front of a key frame, 168 ms of it, 150 ms behind it, and one picture of 67 ms.
      EXPECT_LE(pacer_.video_time(), milliseconds(535)) << picture;
    }
  }
  EXPECT_GE(stream_.counters().frames_thinned, 4u);
  EXPECT_EQ(stream_.counters().overloads, 0u);
  EXPECT_GE(sent, 10u);
  EXPECT_LT(sent, 100u);
  EXPECT_EQ(stream_.take_keyframe_wanted(), std::nullopt);
}

TEST_F(OutboundStreamTest, AStreamThatBeginsAnewIsTakenFromItsFirstPacketOn) {
  send(Tier::kMain, 1, true, 3);
  send(Tier::kMain, 2, false, 3);
  stream_.on_reset(Tier::kMain, pacer_);
  histories_[0].clear();
  next_index_[0] = 0;
  EXPECT_TRUE(leave_all().empty());
  EXPECT_EQ(send(Tier::kMain, 3, true), 1u);
  EXPECT_EQ(leave_all().size(), 1u);
}

}  // namespace
}  // namespace perch::net
