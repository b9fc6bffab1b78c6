#include "hal/video/fd_messages.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace perch::video {
namespace {

struct Channel {
  Channel() {
    auto ends = make_fd_channel();
    a = std::move(ends.value().first);
    b = std::move(ends.value().second);
  }
  UniqueFd a, b;
};

TEST(FdMessages, KeepTheirBoundariesAndFiles) {
  const Channel channel;
  const Bytes first{1, 2, 3}, second{4};
  const UniqueFd null(open("/dev/null", O_WRONLY | O_CLOEXEC));
  const std::array<int, 2> files{null.get(), null.get()};
  ASSERT_TRUE(send_fd_message(channel.a.get(), first, files));
  ASSERT_TRUE(send_fd_message(channel.a.get(), second));
  const auto got = receive_fd_message(channel.b.get(), 100).value();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->bytes, first);
  ASSERT_EQ(got->files.size(), 2U);
  EXPECT_EQ(write(got->files[1].get(), "x", 1), 1);
  EXPECT_EQ(fcntl(got->files[0].get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_EQ(receive_fd_message(channel.b.get(), 100).value()->bytes, second);
  EXPECT_FALSE(receive_fd_message(channel.b.get(), 100).value());
}

TEST(FdMessages, WhatWasSentBeforeTheEndIsStillRead) {
  Channel channel;
  ASSERT_TRUE(send_fd_message(channel.a.get(), Bytes{1}));
  channel.a.reset();
  EXPECT_TRUE(receive_fd_message(channel.b.get(), 100).value());
  EXPECT_EQ(receive_fd_message(channel.b.get(), 100).error().code, Errc::kClosed);
  EXPECT_EQ(send_fd_message(channel.b.get(), Bytes{1}).error().code, Errc::kClosed);
}

TEST(FdMessages, OversizedOnesAreRefused) {
  const Channel channel;
  ASSERT_TRUE(send_fd_message(channel.a.get(), Bytes(101)));
  EXPECT_EQ(receive_fd_message(channel.b.get(), 100).error().code, Errc::kInvalid);
  const std::vector<int> files(kMaxFdsPerMessage + 1, 0);
  EXPECT_EQ(send_fd_message(channel.a.get(), Bytes{1}, files).error().code, Errc::kTooLarge);
}

TEST(FdMessages, MoreFilesThanAllowedLeakNothing) {
  const Channel channel;
  // Sent past our own limit, as a hostile program would.
  Bytes byte{1};
  iovec part{byte.data(), 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(8 * sizeof(int))> room{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = room.data();
  header.msg_controllen = room.size();
  cmsghdr* const entry = CMSG_FIRSTHDR(&header);
  entry->cmsg_level = SOL_SOCKET;
  entry->cmsg_type = SCM_RIGHTS;
  entry->cmsg_len = CMSG_LEN(8 * sizeof(int));
  std::fill_n(reinterpret_cast<int*>(CMSG_DATA(entry)), 8, channel.a.get());
  ASSERT_EQ(sendmsg(channel.a.get(), &header, 0), 1);
  const int lowest_before = dup(channel.a.get());
  close(lowest_before);
  EXPECT_EQ(receive_fd_message(channel.b.get(), 100).error().code, Errc::kInvalid);
  const int lowest_after = dup(channel.a.get());
  close(lowest_after);
  EXPECT_EQ(lowest_after, lowest_before);
}

TEST(FdMessages, ReaderWhoDoesNotReadIsNotWaitedFor) {
  const Channel channel;
  const Bytes message(1000);
  Result<void> sent = send_fd_message(channel.a.get(), message);
  for (int n = 0; n < 100'000 && sent; ++n) sent = send_fd_message(channel.a.get(), message);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::kUnavailable);
}

// The kernel reports the reset first when the other side left without reading everything, and keeps the message.
TEST(FdMessages, LastWordsAreHeardAlsoFromWhoLeftWithoutReadingOurs) {
  auto channel = make_fd_channel();
  ASSERT_TRUE(channel);
  ASSERT_TRUE(send_fd_message(channel->first.get(), Bytes{1}));
  ASSERT_TRUE(send_fd_message(channel->second.get(), Bytes{2, 3}));
  channel->second.reset();
  const auto last = receive_fd_message(channel->first.get(), 64);
  ASSERT_TRUE(last && *last) << (last ? "nothing" : last.error().message());
  EXPECT_EQ((*last)->bytes, (Bytes{2, 3}));
  EXPECT_EQ(receive_fd_message(channel->first.get(), 64).error().code, Errc::kClosed);
}

}  // namespace
}  // namespace perch::video
