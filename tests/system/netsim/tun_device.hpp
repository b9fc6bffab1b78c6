// One end of the link: a tun device in a network namespace that need not be ours.
#pragma once

#include <string>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::netsim {

/// Where a device lies: file of the network namespace (/proc/PID/ns/net, /run/netns/NAME), and the device's name in it.
struct TunPlace {
  std::string network_namespace;
  std::string device;
};

/// Opens the device, which is made if it does not exist; addresses and routes are up to the caller. Blocking is off.
/// The calling thread visits the other namespace and comes back; call while there is only one thread. Needs
/// CAP_SYS_ADMIN and CAP_NET_ADMIN there.
[[nodiscard]] Result<UniqueFd> open_tun(const TunPlace& place);

}  // namespace perch::netsim
