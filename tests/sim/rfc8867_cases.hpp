// The test cases of RFC 8867 §5.1 to §5.8 and a few of our own, as data, and what one run of them gives.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/cc_media_flow.hpp"
#include "tests/sim/cc_tcp_flow.hpp"
#include "tests/sim/link_model.hpp"

namespace perch::sim {

/// One bottleneck in each direction and the flows on it.
struct CcCase {
  std::string name;   ///< short: also the plot's file name
  std::string title;  ///< one line for people
  Duration length{};
  LinkModelConfig forward;
  LinkModelConfig backward;                 ///< without limit unless the case is about it
  std::vector<MediaFlowConfig> flows;       ///< camera to viewer over `forward`
  std::vector<MediaFlowConfig> back_flows;  ///< the other way round, media over `backward`
  std::vector<TcpFlowConfig> tcp;           ///< over `forward`
};

/// What happened; times count from 0.
struct CcRun {
  std::vector<FlowLog> flows;  ///< `flows`, then `back_flows`
  std::vector<std::uint64_t> tcp_bytes;
};

/// Deterministic: the same seed gives the same run.
[[nodiscard]] CcRun run(const CcCase& scenario, std::uint64_t seed);

/// All cases, in the order of the table.
[[nodiscard]] std::vector<CcCase> all_cases();
/// The one with this name, which must exist.
[[nodiscard]] CcCase find_case(const std::string& name);

/// 5.1 with its capacity steps, one flow; the base of most of the others.
[[nodiscard]] CcCase variable_capacity(Duration one_way);
/// A steady megabit per second with random loss [%].
[[nodiscard]] CcCase random_loss(int percent_lost);

}  // namespace perch::sim
