#include "net/udp_batch.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103  // linux/udp.h, since 4.18
#endif

namespace perch::net {
namespace {

constexpr std::size_t kMostSegments =
    44;  // 44 × 1,472 bytes stay under the 64 KiB of one IP packet; the kernel allows 64
constexpr std::size_t kMostMessages = 32;

iovec to_iovec(ByteView bytes) { return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()}; }

/// How many datagrams from the start may share one segmented send: equal sizes, the last one may be shorter.
std::size_t run_length(std::span<const ByteView> datagrams) {
  const std::size_t size = datagrams.front().size();
  std::size_t n = 1;
  while (n < datagrams.size() && n < kMostSegments && datagrams[n].size() == size) ++n;
  if (n < datagrams.size() && n < kMostSegments && datagrams[n].size() < size) ++n;
  return n;
}

msghdr header_to(const UdpDestination& to) {
  msghdr header{};
  header.msg_name = const_cast<sockaddr_storage*>(&to.address);
  header.msg_namelen = to.length;
  return header;
}

bool refuses_segmentation(int os_error) { return os_error == EIO || os_error == EINVAL || os_error == ENOPROTOOPT; }

}  // namespace

std::size_t UdpBatch::send(int fd, const UdpDestination& to, std::span<const ByteView> datagrams) {
  std::size_t sent = 0;
  while (sent < datagrams.size()) {
    const auto rest = datagrams.subspan(sent);
    const std::size_t run = segmentation_ ? run_length(rest) : 1;
    const std::size_t taken = run > 1 ? send_segmented(fd, to, rest.first(run)) : 0;
    if (taken > 0) {
      sent += taken;
      continue;
    }
    const std::size_t plain = segmentation_ ? run : rest.size();
    const std::size_t done = send_each(fd, to, rest.first(plain));
    sent += done;
    if (done < plain) return sent;
  }
  return sent;
}

std::size_t UdpBatch::send_segmented(int fd, const UdpDestination& to, std::span<const ByteView> run) {
  std::array<iovec, kMostSegments> parts;
  std::transform(run.begin(), run.end(), parts.begin(), to_iovec);
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
  msghdr header = header_to(to);
  header.msg_iov = parts.data();
  header.msg_iovlen = run.size();
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  cmsghdr* segment = CMSG_FIRSTHDR(&header);
  segment->cmsg_level = IPPROTO_UDP;
  segment->cmsg_type = UDP_SEGMENT;
  segment->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto size = static_cast<std::uint16_t>(run.front().size());
  std::memcpy(CMSG_DATA(segment), &size, sizeof size);
  if (::sendmsg(fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return run.size();
  if (refuses_segmentation(errno)) segmentation_ = false;
  return 0;
}

std::size_t UdpBatch::send_each(int fd, const UdpDestination& to, std::span<const ByteView> datagrams) {
  std::size_t sent = 0;
  while (sent < datagrams.size()) {
    std::array<iovec, kMostMessages> parts;
    std::array<mmsghdr, kMostMessages> messages;
    const std::size_t n = std::min(kMostMessages, datagrams.size() - sent);
    for (std::size_t i = 0; i < n; ++i) {
      parts[i] = to_iovec(datagrams[sent + i]);
      messages[i] = {header_to(to), 0};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int done = ::sendmmsg(fd, messages.data(), static_cast<unsigned>(n), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (done <= 0) return sent;
    sent += static_cast<std::size_t>(done);
  }
  return sent;
}

}  // namespace perch::net
