#include "tests/sim/link_model.hpp"

#include <algorithm>

#include "tests/sim/cc_random.hpp"

namespace perch::sim {

LinkModel::LinkModel(LinkModelConfig config, Scheduler& scheduler, std::uint64_t seed)
    : config_(std::move(config)), scheduler_(scheduler), random_(seed) {
  if (config_.stall_every > Duration{}) plan_stall(TimePoint{});
}

Bitrate LinkModel::capacity(TimePoint now) const {
  Bitrate out;
  for (const LinkModelConfig::Phase& phase : config_.capacity) {
    if (TimePoint(phase.from) <= now) out = phase.capacity;
  }
  return out;
}

Duration LinkModel::backlog(TimePoint now) const {
  const Bitrate rate = capacity(now);
  return rate.bps() == 0 ? Duration{} : rate.time_for(static_cast<std::int64_t>(queued_bytes_));
}

bool LinkModel::loses(TimePoint now) {
  const Duration since = now.time_since_epoch();
  for (const auto& [from, until] : config_.blackouts) {
    if (since >= from && since < until) return true;
  }
  if (config_.loss > 0 && random_.unit() < config_.loss) return true;
  if (config_.burst_begin == 0) return false;
  in_burst_ = in_burst_ ? random_.unit() >= config_.burst_end : random_.unit() < config_.burst_begin;
  return in_burst_;
}

bool LinkModel::exceeds_policer(TimePoint now, std::size_t size) {
  if (config_.policed.bps() == 0) return false;
  const TimePoint empty_at =
      std::max(policer_empty_at_, now) + config_.policed.time_for(static_cast<std::int64_t>(size));
  if (empty_at - now > config_.policed.time_for(config_.policed_burst)) return true;
  policer_empty_at_ = empty_at;
  return false;
}

Duration LinkModel::jitter() {
  if (config_.jitter_deviation == Duration{}) return {};
  double value = gaussian(random_);
  while (value > 3 || value < -3) value = gaussian(random_);
  return nanoseconds(static_cast<std::int64_t>(std::max(value, -value) *
                                               static_cast<double>(nanoseconds(config_.jitter_deviation).count())));
}

void LinkModel::plan_stall(TimePoint now) {
  const auto scale = [](Duration d, double by) {
    return nanoseconds(static_cast<std::int64_t>(static_cast<double>(nanoseconds(d).count()) * by));
  };
  const TimePoint from = now + scale(config_.stall_every, exponential(random_));
  const Duration length = scale(config_.longest_stall, random_.unit());
  scheduler_.at(from, [this, length](TimePoint at) {
    stalled_until_ = at + length;
    plan_stall(stalled_until_);
  });
}

void LinkModel::send(TimePoint now, Parcel parcel) {
  if (loses(now) || exceeds_policer(now, parcel.size)) return;
  if (backlog(now) > config_.queue_limit) return;
  parcel.queued_at = now;
  if (capacity(now).bps() == 0) return deliver(now, parcel);
  queue_.push_back(parcel);
  queued_bytes_ += parcel.size;
  if (!sending_) start_next(now);
}

void LinkModel::start_next(TimePoint now) {
  sending_ = !queue_.empty();
  if (!sending_) return;
  if (stalled_until_ > now) {
    scheduler_.at(stalled_until_, [this](TimePoint at) { start_next(at); });
    return;
  }
  Parcel& parcel = queue_.front();
  parcel.waited = now - parcel.queued_at;
  const Duration length = capacity(now).time_for(static_cast<std::int64_t>(parcel.size));
  scheduler_.at(now + length, [this](TimePoint at) { finish(at); });
}

void LinkModel::finish(TimePoint now) {
  const Parcel parcel = queue_.front();
  queue_.pop_front();
  queued_bytes_ -= parcel.size;
  deliver(now, parcel);
  start_next(now);
}

void LinkModel::deliver(TimePoint now, const Parcel& parcel) {
  TimePoint at = now + parcel.delay + jitter();
  if (config_.aggregated > Duration{}) {
    const Duration since = at.time_since_epoch();
    at = TimePoint((since / config_.aggregated + 1) * config_.aggregated);
  }
  if (config_.jitter_deviation > Duration{}) at = last_arrival_ = std::max(at, last_arrival_);
  scheduler_.at(at, [parcel](TimePoint when) { parcel.to->on_parcel(when, parcel); });
}

}  // namespace perch::sim
