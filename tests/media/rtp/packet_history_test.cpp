#include "media/rtp/packet_history.hpp"

#include <gtest/gtest.h>

namespace perch::rtp {
namespace {

const TimePoint kStart{seconds(1000)};

FramePacketsPtr frame_of(PacketIndex first, std::size_t packets, TimePoint captured_at, bool keyframe = false) {
  auto frame = std::make_shared<FramePackets>();
  frame->first_index = first;
  frame->captured_at = captured_at;
  frame->keyframe = keyframe;
  frame->fragments.resize(packets);
  return frame;
}

TEST(PacketHistory, FindsEveryPacketByItsIndexAndNoOther) {
  PacketHistory history;
  history.push(frame_of(10, 3, kStart), kStart);
  history.push(frame_of(13, 1, kStart), kStart);
  history.push(frame_of(14, 2, kStart), kStart);
  EXPECT_FALSE(history.find(9));
  EXPECT_FALSE(history.find(16));
  for (PacketIndex i = 10; i < 16; ++i) {
    const auto found = history.find(i);
    ASSERT_TRUE(found) << i;
    EXPECT_EQ(found->frame->first_index + static_cast<PacketIndex>(found->fragment), i);
  }
}

TEST(PacketHistory, ForgetsFramesOlderThanTwoSeconds) {
  PacketHistory history;
  history.push(frame_of(0, 1, kStart), kStart);
  history.push(frame_of(1, 1, kStart + seconds(2)), kStart + seconds(2));
  EXPECT_TRUE(history.find(0));
  history.push(frame_of(2, 1, kStart + milliseconds(2001)), kStart + milliseconds(2001));
  EXPECT_FALSE(history.find(0));
  EXPECT_TRUE(history.find(1));
}

TEST(PacketHistory, KeepsAtMostTheLimitOfPacketsInWholeFrames) {
  PacketHistory history;
  for (PacketIndex i = 0; i < 20; ++i) history.push(frame_of(i * 100, 100, kStart), kStart);
  EXPECT_EQ(history.packets(), 1000u);
  EXPECT_FALSE(history.find(999));
  EXPECT_TRUE(history.find(1000));
}

TEST(PacketHistory, KeepsANewestFrameThatIsTooLargeAlone) {
  PacketHistory history;
  history.push(frame_of(0, 5, kStart), kStart);
  history.push(frame_of(5, 2000, kStart), kStart);
  EXPECT_EQ(history.packets(), 2000u);
  EXPECT_TRUE(history.find(2004));
}

TEST(PacketHistory, StartsAfreshWhenTheIndexJumps) {
  PacketHistory history;
  history.push(frame_of(0, 5, kStart), kStart);
  history.push(frame_of(50, 5, kStart), kStart);
  EXPECT_EQ(history.packets(), 5u);
  EXPECT_FALSE(history.find(4));
  EXPECT_TRUE(history.find(50));
}

TEST(PacketHistory, GivesJoinersTheNewestKeyframeAndAllSince) {
  PacketHistory history;
  EXPECT_TRUE(history.since_last_keyframe().empty());
  EXPECT_FALSE(history.last_keyframe_at());
  history.push(frame_of(0, 1, kStart, true), kStart);
  history.push(frame_of(1, 1, kStart + milliseconds(33)), kStart);
  history.push(frame_of(2, 1, kStart + milliseconds(66), true), kStart);
  history.push(frame_of(3, 1, kStart + milliseconds(99)), kStart);
  const auto frames = history.since_last_keyframe();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0]->first_index, 2);
  EXPECT_EQ(frames[1]->first_index, 3);
  EXPECT_EQ(history.last_keyframe_at(), kStart + milliseconds(66));
  history.clear();
  EXPECT_TRUE(history.since_last_keyframe().empty());
}

TEST(PacketHistory, HasNoKeyframeForJoinersOnceItFellOut) {
  PacketHistory history;
  history.push(frame_of(0, 1, kStart, true), kStart);
  history.push(frame_of(1, 1, kStart + seconds(3)), kStart + seconds(3));
  EXPECT_TRUE(history.since_last_keyframe().empty());
  EXPECT_FALSE(history.last_keyframe_at());
}

}  // namespace
}  // namespace perch::rtp
