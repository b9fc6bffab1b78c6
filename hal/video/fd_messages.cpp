// See fd_messages.hpp. unix(7), cmsg(3).
#include "hal/video/fd_messages.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace perch::video {
namespace {

struct Ancillary {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMaxFdsPerMessage * sizeof(int))> bytes{};
};

void attach(msghdr& header, Ancillary& room, std::span<const int> files) {
  header.msg_control = room.bytes.data();
  header.msg_controllen = CMSG_SPACE(files.size_bytes());
  cmsghdr* const first = CMSG_FIRSTHDR(&header);
  first->cmsg_level = SOL_SOCKET;
  first->cmsg_type = SCM_RIGHTS;
  first->cmsg_len = CMSG_LEN(files.size_bytes());
  std::memcpy(CMSG_DATA(first), files.data(), files.size_bytes());
}

// All that came is owned at once, so that nothing leaks whatever is wrong with the message.
std::vector<UniqueFd> detach(msghdr& header) {
  std::vector<UniqueFd> files;
  for (cmsghdr* entry = CMSG_FIRSTHDR(&header); entry != nullptr; entry = CMSG_NXTHDR(&header, entry)) {
    if (entry->cmsg_level != SOL_SOCKET || entry->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (entry->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(entry) + i * sizeof(int), sizeof fd);
      files.emplace_back(fd);
    }
  }
  return files;
}

}  // namespace

Result<std::pair<UniqueFd, UniqueFd>> make_fd_channel() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail_errno("making a pair of sockets");
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Result<void> send_fd_message(int socket, ByteView bytes, std::span<const int> files) {
  if (files.size() > kMaxFdsPerMessage) return fail(Errc::kTooLarge, "too many files for one message");
  iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  Ancillary room;
  if (!files.empty()) attach(header, room, files);
  ssize_t sent = -1;
  do {
    sent = sendmsg(socket, &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return {};
  if (errno == EPIPE || errno == ECONNRESET) return fail(Errc::kClosed, "the other side is gone");
  if (errno == EAGAIN) return fail(Errc::kUnavailable, "the other side does not read");
  return fail_errno("sending a message");
}

Result<std::optional<FdMessage>> receive_fd_message(int socket, std::size_t max_bytes) {
  FdMessage message{Bytes(max_bytes), {}};
  iovec part{message.bytes.data(), message.bytes.size()};
  Ancillary room;
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = room.bytes.data();
  header.msg_controllen = room.bytes.size();
  ssize_t length = -1;
  bool reset = false;
  do {
    reset = length < 0 && errno == ECONNRESET;
    length = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    // Who left without reading everything makes the kernel report that first and once; their last words come after.
  } while (length < 0 && (errno == EINTR || (errno == ECONNRESET && !reset)));
  if (length < 0 && errno == EAGAIN) return std::nullopt;
  if (length == 0 || (length < 0 && errno == ECONNRESET)) return fail(Errc::kClosed, "the other side is gone");
  if (length < 0) return fail_errno("receiving a message");
  message.files = detach(header);
  // The kernel closes files that found no room.
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return fail(Errc::kInvalid, "an oversized message");
  message.bytes.resize(static_cast<std::size_t>(length));
  return message;
}

}  // namespace perch::video
