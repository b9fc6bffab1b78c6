#include "net/network_watch.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "hal/base/log.hpp"

namespace perch::net {
namespace {

constexpr char kModule[] = "net";

struct AddressesDeleter {
  void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

bool usable_interface(const ifaddrs& one) {
  if ((one.ifa_flags & IFF_UP) == 0 || (one.ifa_flags & IFF_LOOPBACK) != 0) return false;
  const std::string_view name = one.ifa_name;
  for (const char* prefix : {"docker", "veth", "virbr", "vnet"})
    if (name.starts_with(prefix)) return false;
  return true;
}

/// Empty for what is no address to be reached at.
std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) {
    const auto& v4 = *reinterpret_cast<const sockaddr_in*>(address);
    if ((ntohl(v4.sin_addr.s_addr) >> 16) == 0xa9fe) return {};  // RFC 3927: 169.254/16
    return ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  }
  if (address->sa_family != AF_INET6) return {};
  const auto& v6 = *reinterpret_cast<const sockaddr_in6*>(address);
  if (IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr)) return {};
  return ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
}

}  // namespace

bool NetworkChanges::on_addresses(AddressList now) {
  if (now.empty() || now == used_) return false;
  used_ = std::move(now);
  return true;
}

std::vector<LocalAddress> local_addresses(const AddressList& only) {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, AddressesDeleter> owned(first);
  std::vector<LocalAddress> found;
  for (const ifaddrs* one = first; one != nullptr; one = one->ifa_next) {
    std::string text = only.empty() && !usable_interface(*one) ? std::string() : text_of(one->ifa_addr);
    const bool wanted = only.empty() || std::find(only.begin(), only.end(), text) != only.end();
    if (text.empty() || !wanted) continue;
    found.push_back({std::move(text), ::if_nametoindex(one->ifa_name), one->ifa_addr->sa_family == AF_INET6});
  }
  return found;
}

AddressList usable_addresses(const AddressList& only) {
  AddressList found;
  for (LocalAddress& address : local_addresses(only)) found.push_back(std::move(address.text));
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Result<std::unique_ptr<NetworkWatch>> NetworkWatch::create(EventLoop& loop, AddressList only,
                                                           std::function<void()> on_change) {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (!socket || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) != 0)
    return fail_errno("cannot watch the network's addresses");
  return std::unique_ptr<NetworkWatch>(
      new NetworkWatch(loop, std::move(socket), std::move(only), std::move(on_change)));
}

NetworkWatch::NetworkWatch(EventLoop& loop, UniqueFd socket, AddressList only, std::function<void()> on_change)
    : only_(std::move(only)),
      on_change_(std::move(on_change)),
      socket_(std::move(socket)),
      changes_(usable_addresses(only_)),
      settle_(loop, [this] { on_settled(); }),
      watch_(loop, socket_.get(), [this](unsigned) { on_readable(); }) {}

/// What exactly happened does not matter, and could have been lost (ENOBUFS): the list is read afresh.
void NetworkWatch::on_readable() {
  std::array<char, 4096> ignored{};
  while (::recv(socket_.get(), ignored.data(), ignored.size(), 0) > 0) continue;
  settle_.set(monotonic_now() + kSettleTime);
}

void NetworkWatch::on_settled() {
  if (!changes_.on_addresses(usable_addresses(only_))) return;
  PERCH_INFO(kModule, "state=network_changed addresses=%zu", changes_.used().size());
  on_change_();
}

}  // namespace perch::net
