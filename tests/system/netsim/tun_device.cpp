#include "tests/system/netsim/tun_device.hpp"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <cstring>

namespace perch::netsim {
namespace {

Result<UniqueFd> open_file(const std::string& path, int flags) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd) return fail_errno("open " + path);
  return fd;
}

Result<UniqueFd> open_here(const std::string& device) {
  auto tun = open_file("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (!tun) return tun;
  ifreq request{};
  if (device.empty() || device.size() >= sizeof request.ifr_name) {
    return fail(Errc::kInvalid, "a device's name has 1 to 15 letters, not \"" + device + "\"");
  }
  std::memcpy(request.ifr_name, device.data(), device.size());
  // Documentation/networking/tuntap.rst §3.2: without IFF_NO_PI each packet is preceded by four bytes about it.
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(tun->get(), TUNSETIFF, &request) != 0) return fail_errno("tun device " + device);
  return tun;
}

}  // namespace

Result<UniqueFd> open_tun(const TunPlace& place) {
  const auto home = open_file("/proc/self/ns/net", O_RDONLY);
  if (!home) return fail(home.error());
  const auto there = open_file(place.network_namespace, O_RDONLY);
  if (!there) return fail(there.error());
  if (::setns(there->get(), CLONE_NEWNET) != 0) return fail_errno("enter " + place.network_namespace);
  auto tun = open_here(place.device);
  if (::setns(home->get(), CLONE_NEWNET) != 0) return fail_errno("come back from " + place.network_namespace);
  return tun;
}

}  // namespace perch::netsim
