#include "net/congestion/probe_control.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr Duration kLength = milliseconds(15);
constexpr std::size_t kFewestBytes = 5 * 1200;  // five packets: fewer and a single late one decides
constexpr int kFewestArrived = 4;
constexpr Duration kPatience = seconds(1);  // feedback held back, or the burst lost
constexpr double kCameThrough = 0.9;        // of the rate that was tried

std::optional<Bitrate> rate_of(std::size_t bytes, std::int64_t us) {
  if (us <= 0) return std::nullopt;
  return Bitrate::bps(static_cast<std::int64_t>(bytes) * 8 * 1'000'000 / us);
}

}  // namespace

void ProbeControl::start(Bitrate from, Bitrate cap) {
  cap_ = cap;
  wanted_ = std::min(Bitrate::bps(2 * from.bps()), cap);
}

void ProbeControl::request(Bitrate rate) {
  if (!idle()) return;
  cap_ = {};
  wanted_ = rate;
}

std::optional<Probe> ProbeControl::next(TimePoint now) {
  if (running_ && now - running_->started > kPatience) running_.reset();
  if (running_ || !wanted_) return std::nullopt;
  const auto bytes = static_cast<std::size_t>(wanted_->bps() / 8 * to_ms(kLength) / 1000);
  Run run;
  run.probe = {*wanted_, std::max(bytes, kFewestBytes)};
  run.started = now;
  running_ = run;
  wanted_.reset();
  return run.probe;
}

void ProbeControl::on_sent(TimePoint now, rtp::SequenceNumber number) {
  if (!running_) return;
  if (!running_->first) {
    running_->first = number;
    running_->first_sent = now;
  }
  running_->last = number;
  running_->last_sent = now;
}

void ProbeControl::on_result(const SendLog::PacketResult& result, std::size_t size) {
  if (!running_ || !running_->first) return;
  Run& run = *running_;
  if (run.first->newer_than(result.number) || result.number.newer_than(run.last)) {
    run.complete = run.complete || result.number.newer_than(run.last);
    return;
  }
  run.complete = run.complete || result.number == run.last;
  if (!result.arrived_at) return;
  if (run.arrived++ == 0) {
    run.first_sent = result.sent_at;
    run.first_arrived = *result.arrived_at;
  } else {
    run.bytes_after_first += size;
    run.bytes_before_last += run.last_size;
  }
  run.last_size = size;
  run.last_sent = result.sent_at;
  run.last_arrived = *result.arrived_at;
}

std::optional<ProbeControl::Outcome> ProbeControl::evaluate(const Run& run) {
  if (run.arrived < kFewestArrived) return std::nullopt;
  const auto sent = rate_of(run.bytes_before_last, to_us(run.last_sent - run.first_sent));
  const auto arrived = rate_of(run.bytes_after_first, (run.last_arrived - run.first_arrived).count());
  if (!sent || !arrived) return std::nullopt;
  const Bitrate least = std::min({*sent, *arrived, run.probe.rate});
  const bool limited = static_cast<double>(least.bps()) < kCameThrough * static_cast<double>(run.probe.rate.bps());
  return Outcome{least, limited};
}

std::optional<ProbeControl::Outcome> ProbeControl::take_outcome(TimePoint now) {
  if (!running_) return std::nullopt;
  const bool late = now - running_->started > kPatience;
  if (!running_->complete && !late) return std::nullopt;
  const std::optional<Outcome> out = evaluate(*running_);
  const Bitrate tried = running_->probe.rate;
  running_.reset();
  if (out && !out->limited && tried < cap_) wanted_ = std::min(Bitrate::bps(2 * tried.bps()), cap_);
  return out;
}

void ProbeControl::cancel() {
  wanted_.reset();
  running_.reset();
}

}  // namespace perch::net
