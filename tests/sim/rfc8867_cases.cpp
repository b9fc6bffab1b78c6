#include "tests/sim/rfc8867_cases.hpp"

#include <cstdlib>
#include <memory>

#include "hal/base/random.hpp"

namespace perch::sim {
namespace {

constexpr Bitrate kbps(std::int64_t v) { return Bitrate::kbps(v); }
using Phases = std::vector<LinkModelConfig::Phase>;

MediaFlowConfig flow(Duration from, Duration until, Duration delay = milliseconds(50)) {
  MediaFlowConfig out;
  out.from = TimePoint(from);
  out.until = TimePoint(until);
  out.delay = delay;
  return out;
}

CcCase single(std::string name, std::string title, Duration length, Phases capacity) {
  CcCase out{std::move(name), std::move(title), length, {}, {}, {}, {}, {}};
  out.forward.capacity = std::move(capacity);
  out.flows = {flow({}, length)};
  return out;
}

CcCase two_flows() {
  CcCase out = single("5.2", "RFC 8867 5.2: variable capacity, two flows", seconds(125),
                      {{seconds(0), kbps(4000)},
                       {seconds(25), kbps(2000)},
                       {seconds(50), kbps(3500)},
                       {seconds(75), kbps(1000)},
                       {seconds(100), kbps(2000)}});
  out.flows.push_back(out.flows[0]);
  return out;
}

CcCase congested_feedback() {
  CcCase out = single(
      "5.3", "RFC 8867 5.3: congested feedback link, media both ways", seconds(100),
      {{seconds(0), kbps(2000)}, {seconds(20), kbps(1000)}, {seconds(40), kbps(500)}, {seconds(60), kbps(2000)}});
  out.backward.capacity = {{seconds(0), kbps(2000)}, {seconds(35), kbps(800)}, {seconds(70), kbps(2000)}};
  out.back_flows = out.flows;
  return out;
}

CcCase same_flows() {
  CcCase out =
      single("5.4", "RFC 8867 5.4: three flows of ours, one after another", seconds(120), {{seconds(0), kbps(3500)}});
  out.flows = {flow(seconds(0), out.length), flow(seconds(20), out.length), flow(seconds(40), out.length)};
  return out;
}

CcCase round_trip_fairness() {
  CcCase out =
      single("5.5", "RFC 8867 5.5: five flows with 10 to 150 ms of delay", seconds(300), {{seconds(0), kbps(4000)}});
  out.flows.clear();
  const std::vector<int> delays = {10, 25, 50, 100, 150};
  for (std::size_t i = 0; i < delays.size(); ++i) {
    out.flows.push_back(flow(seconds(10 * i), out.length, milliseconds(delays[i])));
  }
  return out;
}

CcCase long_tcp(std::string name, Duration queue) {
  CcCase out = single(std::move(name),
                      "RFC 8867 5.6: against a long TCP transfer, queue of " + std::to_string(to_ms(queue)) + " ms",
                      seconds(120), {{seconds(0), kbps(2000)}});
  out.forward.queue_limit = queue;
  out.flows = {flow(seconds(5), seconds(119))};
  out.tcp = {{TimePoint(seconds(0)), TimePoint(seconds(119)), milliseconds(50), false, true}};
  return out;
}

CcCase short_tcp() {
  CcCase out =
      single("5.7", "RFC 8867 5.7: two flows against ten short TCP fetchers", seconds(300), {{seconds(0), kbps(2000)}});
  out.flows = {flow(seconds(5), seconds(299)), flow(seconds(5), seconds(299))};
  for (int i = 0; i < 10; ++i) {
    out.tcp.push_back({TimePoint(seconds(0)), TimePoint(seconds(299)), milliseconds(50), true, i < 2});
  }
  return out;
}

CcCase pause_and_resume() {
  CcCase out = same_flows();
  out.name = "5.8";
  out.title = "RFC 8867 5.8: three flows, the second pauses from 40 to 60 s";
  for (MediaFlowConfig& one : out.flows) one.from = TimePoint{};
  out.flows[1].pause_from = TimePoint(seconds(40));
  out.flows[1].pause_until = TimePoint(seconds(60));
  return out;
}

CcCase jittered() {
  CcCase out = variable_capacity(milliseconds(50));
  out.name = "5.1-jitter";
  out.title = "5.1 with jitter, deviation 5 ms";
  out.forward.jitter_deviation = milliseconds(5);
  return out;
}

CcCase wifi() {
  CcCase out = single("wifi", "Wi-Fi like: 5 Mbit/s, pauses up to 80 ms, bursts of loss", seconds(100),
                      {{seconds(0), kbps(5000)}, {seconds(40), kbps(1200)}, {seconds(70), kbps(5000)}});
  out.forward.stall_every = milliseconds(400);
  out.forward.longest_stall = milliseconds(80);
  out.forward.burst_begin = 0.004;
  out.forward.burst_end = 0.4;
  out.flows[0].delay = milliseconds(15);
  return out;
}

CcCase policed() {
  CcCase out = single("policer", "10 Mbit/s behind a policer of 1 Mbit/s: loss without any queue", seconds(100),
                      {{seconds(0), kbps(10'000)}});
  out.forward.policed = kbps(1000);
  return out;
}

CcCase aggregated() {
  CcCase out = variable_capacity(milliseconds(50));
  out.name = "aggregated";
  out.title = "5.1 over a radio that hands packets over together every 20 ms";
  out.forward.aggregated = milliseconds(20);
  return out;
}

CcCase blackout() {
  CcCase out = single("blackout", "1.5 Mbit/s, nothing for ten seconds in both directions", seconds(60),
                      {{seconds(0), kbps(1500)}});
  out.forward.blackouts = {{seconds(30), seconds(40)}};
  out.backward.blackouts = out.forward.blackouts;
  return out;
}

/// A random walk between 0.4 and 3 Mbit/s in steps of 200 ms, the same in every run.
CcCase lte() {
  CcCase out = single("lte", "LTE like: capacity walks between 0.4 and 3 Mbit/s", seconds(120), {});
  SeededRandom random(8867);
  double rate = 1.5e6;
  for (int i = 0; i < 600; ++i) {
    rate = std::min(3e6, std::max(0.4e6, rate * (1 + 0.24 * (random.unit() - 0.5))));
    out.forward.capacity.push_back({milliseconds(200 * i), Bitrate::bps(static_cast<std::int64_t>(rate))});
  }
  out.forward.jitter_deviation = milliseconds(3);
  return out;
}

}  // namespace

CcCase variable_capacity(Duration one_way) {
  CcCase out = single(
      "5.1", "RFC 8867 5.1: variable capacity, one flow", seconds(100),
      {{seconds(0), kbps(1000)}, {seconds(40), kbps(2500)}, {seconds(60), kbps(600)}, {seconds(80), kbps(1000)}});
  out.flows[0].delay = one_way;
  if (one_way != milliseconds(50)) {
    out.name += "-" + std::to_string(to_ms(one_way)) + "ms";
    out.title += ", " + std::to_string(to_ms(one_way)) + " ms one way";
  }
  return out;
}

CcCase random_loss(int percent_lost) {
  const std::string percent = std::to_string(percent_lost);
  CcCase out = single("loss-" + percent, "1 Mbit/s with " + percent + " % of random loss", seconds(100),
                      {{seconds(0), kbps(1000)}});
  out.forward.loss = percent_lost / 100.0;
  return out;
}

std::vector<CcCase> all_cases() {
  return {variable_capacity(milliseconds(50)),
          variable_capacity(milliseconds(10)),
          variable_capacity(milliseconds(100)),
          variable_capacity(milliseconds(150)),
          jittered(),
          two_flows(),
          congested_feedback(),
          same_flows(),
          round_trip_fairness(),
          long_tcp("5.6", milliseconds(300)),
          long_tcp("5.6-1000ms", milliseconds(1000)),
          short_tcp(),
          pause_and_resume(),
          random_loss(0),
          random_loss(1),
          random_loss(2),
          random_loss(5),
          random_loss(10),
          policed(),
          blackout(),
          wifi(),
          aggregated(),
          lte()};
}

CcCase find_case(const std::string& name) {
  for (CcCase& one : all_cases()) {
    if (one.name == name) return one;
  }
  std::abort();
}

CcRun run(const CcCase& scenario, std::uint64_t seed) {
  Scheduler scheduler;
  SeededRandom seeds(seed);
  LinkModel forward(scenario.forward, scheduler, seeds.u32());
  LinkModel backward(scenario.backward, scheduler, seeds.u32());
  std::vector<std::unique_ptr<MediaFlow>> flows;
  std::vector<std::unique_ptr<TcpFlow>> tcp;
  for (const MediaFlowConfig& one : scenario.flows) {
    flows.push_back(std::make_unique<MediaFlow>(one, scheduler, forward, backward, seeds.u32()));
  }
  for (const MediaFlowConfig& one : scenario.back_flows) {
    flows.push_back(std::make_unique<MediaFlow>(one, scheduler, backward, forward, seeds.u32()));
  }
  for (const TcpFlowConfig& one : scenario.tcp) {
    tcp.push_back(std::make_unique<TcpFlow>(one, scheduler, forward, seeds.u32()));
  }
  scheduler.run_until(TimePoint(scenario.length) + seconds(5));
  CcRun out;
  for (const auto& one : flows) out.flows.push_back(one->log());
  for (const auto& one : tcp) out.tcp_bytes.push_back(one->delivered_bytes());
  return out;
}

}  // namespace perch::sim
