// Runs the congestion control cases of tests/sim and prints their figures and the course of one run as JSON.
// usage: rfc8867_sim [SEEDS [PACING]]: medians over the seeds 1…SEEDS (5); PACING times the target instead of ours.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/sim/cc_metrics.hpp"

namespace perch::sim {
namespace {

void print_figures(const CcFigures& f) {
  std::printf("\"utilisation\":%.4f,\"queue_mean_ms\":%.2f,\"queue_p95_ms\":%.2f,\"loss\":%.5f,\"fairness\":%.3f,",
              f.utilisation, f.queue_mean_ms, f.queue_p95_ms, f.loss, f.fairness);
  std::printf("\"frame_mean_ms\":%.1f,\"frame_p95_ms\":%.1f,\"least_kbps\":%.0f,\"tcp_kbps\":%.0f", f.frame_mean_ms,
              f.frame_p95_ms, f.least_rate_kbps, f.tcp_kbps);
}

/// Slowest of the seeds: from the step at 40 s to 85 % of the largest rate.
std::int64_t up_step_ms(const CcCase& scenario, int seeds) {
  const Bitrate goal = Bitrate::bps(most_on_the_wire(scenario.flows[0]).bps() * 85 / 100);
  std::int64_t slowest = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const CcRun result = run(scenario, static_cast<std::uint64_t>(seed));
    slowest = std::max(slowest, to_ms(time_to_reach(result.flows[0], seconds(40), goal, seconds(60))));
  }
  return slowest;
}

/// What arrived of a flow, in steps of `step`.
struct Course {
  std::vector<std::int64_t> kbps;
  std::vector<double> queue_ms;  ///< the longest wait of a packet that arrived in the step
};

Course course(const FlowLog& flow, Duration length, Duration step) {
  const auto steps = static_cast<std::size_t>(length / step);
  std::vector<double> bits(steps);
  Course out;
  out.queue_ms.resize(steps);
  for (const FlowLog::Delivered& one : flow.delivered) {
    const auto i = static_cast<std::size_t>(one.at.time_since_epoch() / step);
    if (i >= steps) continue;
    bits[i] += one.size * 8.0;
    out.queue_ms[i] = std::max(out.queue_ms[i], static_cast<double>(to_us(one.queue)) / 1000);
  }
  for (const double b : bits) out.kbps.push_back(static_cast<std::int64_t>(b / static_cast<double>(to_ms(step))));
  return out;
}

template <class Values>
void print_list(const Values& values) {
  const char* separator = "[";
  for (const auto value : values) {
    std::printf("%s%.0f", separator, static_cast<double>(value));
    separator = ",";
  }
  std::printf("]");
}

void print_course(const CcCase& scenario) {
  const Duration step = scenario.length > seconds(150) ? milliseconds(600) : milliseconds(300);
  const CcRun result = run(scenario, 1);
  std::vector<std::int64_t> capacity;
  for (Duration t{}; t + step <= scenario.length; t += step)
    capacity.push_back(capacity_at(scenario.forward, t).kbps());
  std::printf("\"step_ms\":%ld,\"capacity_kbps\":", static_cast<long>(to_ms(step)));
  print_list(capacity);
  std::vector<double> queue(static_cast<std::size_t>(scenario.length / step));
  std::printf(",\"flows_kbps\":[");
  for (std::size_t i = 0; i < scenario.flows.size(); ++i) {
    const Course one = course(result.flows[i], scenario.length, step);
    for (std::size_t t = 0; t < queue.size(); ++t) queue[t] = std::max(queue[t], one.queue_ms[t]);
    if (i > 0) std::printf(",");
    print_list(one.kbps);
  }
  std::printf("],\"queue_ms\":");
  print_list(queue);
}

void print_case(CcCase scenario, int seeds, double pacing) {
  for (MediaFlowConfig& flow : scenario.flows) flow.pacing_factor = pacing;
  std::printf("{\"name\":\"%s\",\"title\":\"%s\",", scenario.name.c_str(), scenario.title.c_str());
  if (scenario.name == "5.1") std::printf("\"up_step_ms\":%ld,", static_cast<long>(up_step_ms(scenario, seeds)));
  print_figures(median_figures(scenario, 1, seeds));
  std::printf(",");
  print_course(scenario);
  std::printf("}");
}

}  // namespace
}  // namespace perch::sim

int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::atoi(argv[1]) : 5;
  const double pacing = argc > 2 ? std::atof(argv[2]) : 0;
  if (seeds < 1 || pacing < 0) {
    std::fprintf(stderr, "usage: rfc8867_sim [SEEDS [PACING]]\n");
    return 2;
  }
  const char* separator = "[";
  for (const perch::sim::CcCase& scenario : perch::sim::all_cases()) {
    std::printf("%s\n", separator);
    perch::sim::print_case(scenario, seeds, pacing);
    separator = ",";
  }
  std::printf("\n]\n");
}
