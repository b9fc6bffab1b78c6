#include "tests/sim/cc_metrics.hpp"

#include <algorithm>

namespace perch::sim {
namespace {

double in_ms(Duration d) { return static_cast<double>(to_us(d)) / 1000; }
double in_s(Duration d) { return static_cast<double>(to_us(d)) / 1e6; }

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

bool active(const MediaFlowConfig& flow, TimePoint t) {
  return t >= flow.from && t < flow.until && !(t >= flow.pause_from && t < flow.pause_until);
}

/// Bits that could have been delivered at best.
double possible(const CcCase& scenario) {
  constexpr Duration kStep = milliseconds(100);
  double bits = 0;
  for (Duration t{}; t < scenario.length; t += kStep) {
    std::int64_t wanted = 0;
    for (const MediaFlowConfig& one : scenario.flows) {
      if (active(one, TimePoint(t))) wanted += most_on_the_wire(one).bps();
    }
    bits += in_s(kStep) * static_cast<double>(std::min(wanted, capacity_at(scenario.forward, t).bps()));
  }
  return bits;
}

struct Totals {
  std::vector<double> queue;
  std::vector<double> frames;
  double bits = 0;
  double sent = 0;
  double arrived = 0;
};

Totals sum_up(const CcCase& scenario, const CcRun& run) {
  Totals out;
  for (std::size_t i = 0; i < scenario.flows.size(); ++i) {
    const FlowLog& flow = run.flows[i];
    for (const FlowLog::Delivered& one : flow.delivered) {
      out.queue.push_back(in_ms(one.queue));
      if (one.at < TimePoint(scenario.length)) out.bits += one.size * 8.0;
    }
    for (const Duration delay : flow.frame_delays) out.frames.push_back(in_ms(delay));
    out.sent += static_cast<double>(flow.sent);
    out.arrived += static_cast<double>(flow.delivered.size());
  }
  return out;
}

void compare_flows(const CcCase& scenario, const CcRun& run, CcFigures& out) {
  double most = 0;
  double least = 1e12;
  out.least_rate_kbps = 1e12;
  for (std::size_t i = 0; i < scenario.flows.size(); ++i) {
    const MediaFlowConfig& config = scenario.flows[i];
    const Duration until = std::min(scenario.length, config.until.time_since_epoch());
    const auto late = static_cast<double>(rate_between(run.flows[i], until - seconds(20), until).bps());
    most = std::max(most, late);
    least = std::min(least, late);
    const Bitrate life = rate_between(run.flows[i], config.from.time_since_epoch(), until);
    out.least_rate_kbps = std::min(out.least_rate_kbps, static_cast<double>(life.bps()) / 1000);
  }
  out.fairness = least > 0 ? most / least : 1e6;
}

}  // namespace

Bitrate capacity_at(const LinkModelConfig& link, Duration t) {
  Bitrate out;
  for (const auto& phase : link.capacity) {
    if (phase.from <= t) out = phase.capacity;
  }
  if (link.policed.bps() > 0) out = std::min(out, link.policed);
  for (const auto& [from, until] : link.blackouts) {
    if (t >= from && t < until) out = {};
  }
  return out;
}

Bitrate most_on_the_wire(const MediaFlowConfig& flow) {
  const std::int64_t frame = flow.most_media.bps() / 8 / 30;
  return Bitrate::bps(flow.most_media.bps() + (frame + 1199) / 1200 * 46 * 8 * 30);
}

Bitrate rate_between(const FlowLog& flow, Duration from, Duration until) {
  double bits = 0;
  for (const FlowLog::Delivered& one : flow.delivered) {
    if (one.at >= TimePoint(from) && one.at < TimePoint(until)) bits += one.size * 8.0;
  }
  return Bitrate::bps(static_cast<std::int64_t>(bits / in_s(until - from)));
}

Duration time_to_reach(const FlowLog& flow, Duration step, Bitrate goal, Duration end) {
  constexpr Duration kWindow = milliseconds(500);
  for (Duration t = step; t + kWindow <= end; t += milliseconds(100)) {
    if (rate_between(flow, t, t + kWindow) >= goal) return t + kWindow - step;
  }
  return end - step;
}

CcFigures figures(const CcCase& scenario, const CcRun& run) {
  const Totals totals = sum_up(scenario, run);
  CcFigures out;
  out.utilisation = totals.bits / possible(scenario);
  out.queue_mean_ms = mean(totals.queue);
  out.queue_p95_ms = percentile(totals.queue, 0.95);
  out.loss = totals.sent > 0 ? 1 - totals.arrived / totals.sent : 0;
  out.frame_mean_ms = mean(totals.frames);
  out.frame_p95_ms = percentile(totals.frames, 0.95);
  compare_flows(scenario, run, out);
  for (const std::uint64_t bytes : run.tcp_bytes) {
    out.tcp_kbps += static_cast<double>(bytes) * 8 / 1000 / in_s(scenario.length);
  }
  return out;
}

CcFigures median_figures(const CcCase& scenario, std::uint64_t first, int count) {
  std::vector<CcFigures> all;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
    all.push_back(figures(scenario, run(scenario, seed)));
  }
  CcFigures out;
  for (double CcFigures::*member : {&CcFigures::utilisation, &CcFigures::queue_mean_ms, &CcFigures::queue_p95_ms,
                                    &CcFigures::loss, &CcFigures::fairness, &CcFigures::frame_mean_ms,
                                    &CcFigures::frame_p95_ms, &CcFigures::least_rate_kbps, &CcFigures::tcp_kbps}) {
    std::vector<double> values;
    values.reserve(all.size());
    for (const CcFigures& one : all) values.push_back(one.*member);
    out.*member = percentile(values, 0.5);
  }
  return out;
}

}  // namespace perch::sim
