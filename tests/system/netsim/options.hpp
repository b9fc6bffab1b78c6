// The command line of perch_netsim.
#pragma once

#include <span>

#include "tests/system/netsim/link_spec.hpp"
#include "tests/system/netsim/tun_device.hpp"

namespace perch::netsim {

struct Options {
  TunPlace a, b;
  LinkConfig a_to_b, b_to_a;
  std::uint64_t seed = 1;
  Duration lifetime = std::chrono::hours(1);  ///< from the beginning of the program
  bool wait_for_signal = false;               ///< SIGUSR1 starts the links instead of the program's beginning
  bool help = false;
};

[[nodiscard]] std::string usage();
/// `arguments` without the program's name. kInvalid says which one and why.
[[nodiscard]] Result<Options> parse_options(std::span<const char* const> arguments);

}  // namespace perch::netsim
