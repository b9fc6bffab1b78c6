#include "tests/system/netsim/link.hpp"

#include <algorithm>

#include "tests/sim/cc_random.hpp"

namespace perch::netsim {
namespace {

// Later than any packet, and still far from overflow in differences.
constexpr TimePoint kNotYet = TimePoint(std::chrono::hours(24 * 365 * 100));

}  // namespace

Link::Link(LinkConfig config, std::uint64_t seed)
    : config_(std::move(config)), loss_random_(seed), jitter_random_(~seed), zero_(kNotYet) {}

void Link::start(TimePoint now) {
  zero_ = now;
  started_ = true;
}

bool Link::loses() {
  if (!started_) return false;
  // Both are drawn for each packet, so that one does not shift the other.
  const bool alone = loss_random_.unit() < config_.loss;
  const double turn = loss_random_.unit();
  in_burst_ = in_burst_ ? turn >= config_.burst_end : turn < config_.burst_begin;
  return alone || in_burst_;
}

bool Link::blacked_out(TimePoint t) const {
  return std::any_of(config_.blackouts.begin(), config_.blackouts.end(),
                     [at = elapsed(t)](const LinkConfig::Span& span) { return at >= span.from && at < span.to; });
}

bool Link::queue_full(TimePoint now, TimePoint begins) const {
  if (config_.capacity.unlimited()) return false;
  const double waiting = config_.capacity.bytes_between(elapsed(now), elapsed(begins));
  const double room = std::chrono::duration<double>(config_.queue_limit).count() *
                      static_cast<double>(config_.capacity.rate_at(elapsed(now)).bps()) / 8;
  return waiting > room;
}

Duration Link::jitter() {
  if (!started_ || config_.jitter_deviation == Duration{}) return {};
  double deviations = 4;
  while (deviations > 3 || deviations < -3) deviations = sim::gaussian(jitter_random_);
  const auto one = static_cast<double>(config_.jitter_deviation.count());
  return Duration(static_cast<Duration::rep>(std::max(deviations, -deviations) * one));
}

std::optional<TimePoint> Link::admit(TimePoint now, std::size_t size) {
  ++counters_.packets_in;
  const bool lost = loses();
  if (blacked_out(now)) return ++counters_.blacked_out, std::nullopt;
  if (lost) return ++counters_.lost, std::nullopt;
  const TimePoint begins = std::max(now, idle_at_);
  if (queue_full(now, begins)) return ++counters_.queue_full, std::nullopt;
  idle_at_ = zero_ + config_.capacity.finish(elapsed(begins), static_cast<std::int64_t>(size));
  counters_.total_wait += begins - now;
  counters_.longest_wait = std::max(counters_.longest_wait, Duration(begins - now));
  if (blacked_out(idle_at_)) return ++counters_.blacked_out, std::nullopt;
  ++counters_.packets_out;
  counters_.bytes_out += static_cast<std::int64_t>(size);
  return last_arrival_ = std::max(last_arrival_, idle_at_ + config_.delay + jitter());
}

}  // namespace perch::netsim
