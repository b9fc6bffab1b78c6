#include "net/mdns/group_socket.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace perch::net::mdns {
namespace {

constexpr std::uint16_t kPort = 5353;
constexpr int kHops = 255;  // RFC 6762 §11
constexpr in_addr_t kGroup4 = 0xe00000fb;
constexpr in6_addr kGroup6 = {{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb}}};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress group(bool v6, unsigned interface) {
  SocketAddress out;
  if (v6) {
    auto& address = reinterpret_cast<sockaddr_in6&>(out.storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(kPort);
    address.sin6_addr = kGroup6;
    address.sin6_scope_id = interface;
    out.length = sizeof address;
  } else {
    auto& address = reinterpret_cast<sockaddr_in&>(out.storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(kPort);
    address.sin_addr.s_addr = htonl(kGroup4);
    out.length = sizeof address;
  }
  return out;
}

template <class T>
bool set(int fd, int level, int option, const T& value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

bool join(int fd, bool v6, unsigned interface) {
  if (v6) {
    const ipv6_mreq membership{kGroup6, interface};
    return set(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, membership) &&
           set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(interface)) &&
           set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, kHops);
  }
  const ip_mreqn membership{{htonl(kGroup4)}, {INADDR_ANY}, static_cast<int>(interface)};
  // IP_MULTICAST_ALL would bring what other programs have joined on other interfaces.
  return set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) && set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership) &&
         set(fd, IPPROTO_IP, IP_MULTICAST_IF, membership) && set(fd, IPPROTO_IP, IP_MULTICAST_TTL, kHops);
}

std::uint16_t port_of(const SocketAddress& address) {
  const bool v6 = address.storage.ss_family == AF_INET6;
  return ntohs(v6 ? reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port
                  : reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

}  // namespace

Result<GroupSocket> GroupSocket::open(const LocalAddress& address) {
  UniqueFd fd(::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // Bound to the group itself, no unicast meant for others on this port (RFC 6762 §15.1) comes here.
  const SocketAddress here = group(address.v6, address.interface);
  if (!fd || !set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1) || ::bind(fd.get(), here.get(), here.length) != 0 ||
      !join(fd.get(), address.v6, address.interface))
    return fail_errno("cannot join the multicast DNS group at " + address.text);
  return GroupSocket(std::move(fd), address.v6, address.interface);
}

void GroupSocket::send(ByteView message) const {
  const SocketAddress to = group(v6_, interface_);
  static_cast<void>(::sendto(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL, to.get(), to.length));
}

ByteView GroupSocket::receive(ByteSpan buffer) const {
  while (true) {
    SocketAddress from;
    const auto size = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0, from.get(), &from.length);
    if (size <= 0) return {};
    if (port_of(from) == kPort) return buffer.first(static_cast<std::size_t>(size));  // RFC 6762 §6
  }
}

}  // namespace perch::net::mdns
