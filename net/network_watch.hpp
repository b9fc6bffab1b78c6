// Tells when this machine's network addresses have changed: a cable, another Wi-Fi, a new lease.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hal/base/event_loop.hpp"
#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::net {

using AddressList = std::vector<std::string>;

/// Remembers which addresses paths were last looked for on, and says when others are worth a new search.
class NetworkChanges {
 public:
  explicit NetworkChanges(AddressList now) : used_(std::move(now)) {}
  /// True when `now`, sorted, is another set. No address at all is no news: sockets survive until one of theirs is
  /// back.
  [[nodiscard]] bool on_addresses(AddressList now);
  [[nodiscard]] const AddressList& used() const { return used_; }

 private:
  AddressList used_;
};

struct LocalAddress {
  std::string text;
  unsigned interface = 0;  ///< index
  bool v6 = false;
};

/// Those that other machines could reach us at: interfaces that are up, without loopback, link-local addresses and the
/// interfaces libnice leaves out. With `only` what stands there, of any interface.
[[nodiscard]] std::vector<LocalAddress> local_addresses(const AddressList& only);
/// The same as text, sorted, each once.
[[nodiscard]] AddressList usable_addresses(const AddressList& only);

/// Lives on one loop's thread. Costs nothing while nothing changes: the kernel tells (rtnetlink(7)).
class NetworkWatch {
 public:
  /// A lease and its route, IPv4 and IPv6 come one after the other: wait for the last of them.
  static constexpr Duration kSettleTime = milliseconds(150);

  /// Empty `only`: every usable address counts. kUnavailable, kPermission …: no netlink socket to be had.
  [[nodiscard]] static Result<std::unique_ptr<NetworkWatch>> create(EventLoop& loop, AddressList only,
                                                                    std::function<void()> on_change);

 private:
  NetworkWatch(EventLoop& loop, UniqueFd socket, AddressList only, std::function<void()> on_change);
  void on_readable();
  void on_settled();

  const AddressList only_;
  const std::function<void()> on_change_;
  UniqueFd socket_;
  NetworkChanges changes_;
  Timer settle_;
  IoWatch watch_;
};

}  // namespace perch::net
