#include "net/congestion/congestion_controller.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr Duration kSilence = seconds(1);
constexpr Duration kConfirmedFor = seconds(10);
constexpr microseconds kClockJump{1'000'000};
constexpr double kLowestBesideForeign = 30;  // [ms] an eighth of the rate too much over the whole window

// How fast packets leave. Without a known bottleneck the frame should be out soon; with one, faster than it carries
// them they would only wait there instead of here, where audio may still overtake them. A little faster all the same,
// or nothing would tell when there is more, and the same little for large and small flows: small ones gain by it.
constexpr double kPacing = 2.5;            // of the target
constexpr double kPacingBottleneck = 1.1;  // of the bottleneck
constexpr double kPacingAtLimit = 1.02;    // of the target
constexpr std::int64_t kPacingExtraBps = 50'000;

// A path that has carried bursts far faster than we need may carry the next frame like that too: nothing is gained by
// holding it back. The part leaves room for what else it carries.
constexpr double kPacingProven = 0.7;  // of the bottleneck
constexpr Bitrate kFastest = Bitrate::kbps(100'000);
// Before the first report: a key frame at once, then what most networks can do.
constexpr int kBlindPackets = 56;  // 64 kB
constexpr Bitrate kPacingBlind = Bitrate::kbps(10'000);
constexpr double kFirstOfBottleneck = 0.9;
constexpr Duration kBurstPatience = milliseconds(300);  // for the burst to be reported

constexpr Duration kLate = milliseconds(5);         // in the pacer: the end of the frame before
constexpr Duration kLateSpread = milliseconds(66);  // what is late is made up for within two frames
constexpr double kLeastMedia = 0.5;

Bitrate scaled(Bitrate rate, double by) {
  return Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(rate.bps()) * by));
}

microseconds since_epoch(TimePoint t) { return microseconds(to_us(t.time_since_epoch())); }

}  // namespace

CongestionController::CongestionController(const Config& config)
    : config_(config), rate_({config.start, config.min, config.max}) {
  if (config_.probes && !config_.burst) probes_.start(config_.start, config_.max);
}

void CongestionController::set_max(Bitrate max) {
  config_.max = max;
  rate_.set_limits({config_.start, config_.min, config_.max});
}

void CongestionController::request_probe(Bitrate rate) {
  if (config_.probes) probes_.request(std::min(rate, config_.max));
}

void CongestionController::on_sent(TimePoint now, rtp::SequenceNumber number, bool probe) {
  if (!in_flight_) silent_since_ = now;
  in_flight_ = true;
  if (!reported_) ++sent_blindly_;
  if (probe) probes_.on_sent(now, number);
}

void CongestionController::on_packet(const SendLog::PacketResult& result) {
  reported_ = true;
  const std::size_t size = result.size + config_.overhead;
  probes_.on_result(result, size);
  loss_.add(!result.arrived_at);
  const bool follows = follows_ && result.number == previous_ + 1;
  follows_ = result.arrived_at.has_value();
  previous_ = result.number;
  last_result_sent_ = result.sent_at;
  if (!result.arrived_at) return;

  const microseconds sent = since_epoch(result.sent_at);
  const microseconds arrived = *result.arrived_at;
  if (newest_arrival_ && arrived + kClockJump < *newest_arrival_) forget_delays();
  newest_arrival_ = std::max(newest_arrival_.value_or(arrived), arrived);
  acked_.add(arrived, size);
  queue_.add(sent, arrived);
  bottleneck_.add(sent, arrived, size, follows, rate_.target());
  if (const auto delta = groups_.add(sent, arrived)) {
    trend_.add(*delta);
    if (detector_.update(trend_.weighted(), delta->sent, delta->arrived_at) == PathUsage::kOveruse) overused_ = true;
  }
}

void CongestionController::forget_delays() {
  // The receiver's clock went back: another receiver, or its 24 bits of 64 ms wrapped after twelve days.
  newest_arrival_.reset();
  groups_.reset();
  trend_.reset();
  detector_.reset();
  acked_.reset();
  queue_ = {};
  bottleneck_ = {};
}

void CongestionController::on_feedback(TimePoint now) {
  silent_since_ = now;
  in_flight_ = false;
  if (!last_result_sent_) return;
  response_ = (response_ * 7 + (now - *last_result_sent_)) / 8;
  last_result_sent_.reset();
  if (overused_) {
    bottleneck_.forget();
    probes_.cancel();
  }
  if (!known_) begin(now);
  if (now - confirmed_at_ > kConfirmedFor) confirmed_ = {};
  if (before_silence_.bps() > 0) {
    // Back from silence: see at once whether the path carries what it carried before.
    if (config_.probes) probes_.start(rate_.target(), before_silence_);
    before_silence_ = {};
    loss_.after_silence(now);
  }
  RateControl::Path path;
  path.usage = overused_ ? PathUsage::kOveruse : detector_.usage();
  path.acked = acked_.rate();
  path.bottleneck = bottleneck();
  path.latest = newest_arrival_ ? bottleneck_.latest(*newest_arrival_) : std::nullopt;
  path.standing = queue_.standing();
  path.response = response_;
  path.confirmed = confirmed_;
  rate_.update(now, path);
  detector_.set_lowest(rate_.beside_foreign(now) ? kLowestBesideForeign : OveruseDetector::kLowest);
  overused_ = false;
  if (const auto outcome = probes_.take_outcome(now)) apply_outcome(now, *outcome);
  loss_.on_feedback(now, {path.acked, path.standing});
  if (const auto limit = loss_.limit()) rate_.set_target(std::min(rate_.target(), *limit));
}

/// The first reports are here.
void CongestionController::begin(TimePoint now) {
  if (reported_at_ == TimePoint{}) reported_at_ = now;
  const auto measured = config_.burst ? bottleneck() : std::nullopt;
  if (measured) {
    confirmed_ = scaled(*measured, kFirstOfBottleneck);
    confirmed_at_ = now;
    rate_.set_target(confirmed_);
  } else if (config_.burst && now - reported_at_ < kBurstPatience) {
    return;
  } else if (config_.burst && config_.probes) {
    probes_.start(config_.start, config_.max);
  }
  known_ = true;
}

void CongestionController::apply_outcome(TimePoint now, const ProbeControl::Outcome& outcome) {
  confirmed_ = scaled(outcome.rate, outcome.limited ? 0.9 : 1.0);
  confirmed_at_ = now;
  if (confirmed_ > rate_.target()) rate_.set_target(confirmed_);
}

void CongestionController::on_remb(TimePoint /*now*/, Bitrate bitrate) {
  if (reported_) return;
  rate_.set_target(bitrate);
  known_ = true;
}

void CongestionController::on_deadline(TimePoint now) {
  if (now < deadline()) return;
  silent_since_ = now;
  if (before_silence_.bps() == 0) before_silence_ = rate_.target();
  rate_.set_target(scaled(rate_.target(), 0.5));
}

TimePoint CongestionController::deadline() const { return in_flight_ && reported_ ? silent_since_ + kSilence : kNever; }

Bitrate CongestionController::pacing_rate() const {
  if (config_.burst && !reported_) return sent_blindly_ < kBlindPackets ? kFastest : kPacingBlind;
  const Bitrate fast = scaled(rate_.target(), kPacing);
  const auto known = bottleneck();
  if (!known) return fast;
  const Bitrate proven = std::min(scaled(*known, kPacingProven), kFastest);
  if (proven > fast && !loss_.limit()) return proven;
  const Bitrate close = Bitrate::bps(scaled(*known, kPacingBottleneck).bps() + kPacingExtraBps);
  // Never slower than what is due: a bottleneck found below the target has not been acted upon yet.
  const Bitrate due = Bitrate::bps(scaled(rate_.target(), kPacingAtLimit).bps() + kPacingExtraBps);
  return rate_.at_limit() ? due : std::max(due, std::min(fast, close));
}

Bitrate CongestionController::media_rate(Duration waiting) const {
  const double late = static_cast<double>(to_us(waiting - kLate)) / static_cast<double>(to_us(kLateSpread));
  return scaled(rate_.target(), std::clamp(1 - late, kLeastMedia, 1.0));
}

}  // namespace perch::net
