// Sockets in the multicast DNS group, one for each interface and address family.
#pragma once

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"
#include "net/network_watch.hpp"

namespace perch::net::mdns {

/// Non-blocking; hears only what is sent to the group on this interface, and shares the port with whatever else on this
/// machine speaks multicast DNS without taking anything away from it.
class GroupSocket {
 public:
  /// 224.0.0.251 or ff02::fb, port 5353 (RFC 6762 §3), on the interface that has `address`.
  [[nodiscard]] static Result<GroupSocket> open(const LocalAddress& address);

  [[nodiscard]] int fd() const { return fd_.get(); }
  /// What cannot be sent now is lost, as multicast may be.
  void send(ByteView message) const;
  /// The next response into `buffer`; empty when none waits. What does not come from port 5353 is dropped.
  [[nodiscard]] ByteView receive(ByteSpan buffer) const;

 private:
  explicit GroupSocket(UniqueFd fd, bool v6, unsigned interface) : fd_(std::move(fd)), v6_(v6), interface_(interface) {}
  UniqueFd fd_;
  bool v6_;
  unsigned interface_;
};

}  // namespace perch::net::mdns
