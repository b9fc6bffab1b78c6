// The figures of RFC 8868 from a run: utilisation, queueing delay, loss, fairness, convergence.
#pragma once

#include "tests/sim/rfc8867_cases.hpp"

namespace perch::sim {

struct CcFigures {
  double utilisation = 0;    ///< delivered, with headers, per min(capacity, what the sources can make) [0..1]
  double queue_mean_ms = 0;  ///< waiting in the network, per delivered packet
  double queue_p95_ms = 0;
  double loss = 0;           ///< of the packets sent [0..1]
  double fairness = 1;       ///< largest / smallest rate of the media flows over the last 20 s
  double frame_mean_ms = 0;  ///< source to last packet arrived without the path's delay: pacer and network
  double frame_p95_ms = 0;
  double least_rate_kbps = 0;  ///< of the slowest media flow over its life
  double tcp_kbps = 0;         ///< all TCP flows together
};

[[nodiscard]] CcFigures figures(const CcCase& scenario, const CcRun& run);
/// Each figure's median over the runs with seeds `first`, `first` + 1, ….
[[nodiscard]] CcFigures median_figures(const CcCase& scenario, std::uint64_t first, int count);

/// What can get through at that time: the link's capacity or its policer's rate.
[[nodiscard]] Bitrate capacity_at(const LinkModelConfig& link, Duration t);
/// Wire bits that arrived in [from, until) per second.
[[nodiscard]] Bitrate rate_between(const FlowLog& flow, Duration from, Duration until);
/// From `step` until the rate, over 500 ms, reaches `goal`; the rest of the run when it never does.
[[nodiscard]] Duration time_to_reach(const FlowLog& flow, Duration step, Bitrate goal, Duration end);
/// What the source's largest rate takes on the wire.
[[nodiscard]] Bitrate most_on_the_wire(const MediaFlowConfig& flow);

}  // namespace perch::sim
