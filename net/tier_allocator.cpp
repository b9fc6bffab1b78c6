#include "net/tier_allocator.hpp"

#include <algorithm>
#include <utility>

namespace perch::net {
namespace {

// About 70 bytes of headers on packets of 1,140, and one packet per picture that is not full.
constexpr double kHeaders = 1.065;
constexpr std::int64_t kPartPackets = 17'000;  // [bit/s] 70 bytes, 30 times a second
constexpr double kMostRepeated = 0.25;         // the pacer's share

constexpr double kFarBelow = 0.6;           // of what main would have without the viewer
constexpr Duration kBelowFor = seconds(2);  // a passing trouble is not worth two key frames
constexpr double kAboutLow = 1.5;           // times low's ceiling: more would be wasted there
constexpr double kAbove = 1.2;              // times main's rate: room, or it would soon be back
constexpr double kCameThrough = 0.9;        // of a probe, as ProbeControl judges
constexpr Duration kStayed = seconds(30);   // on main: coming back was right
constexpr Duration kProbePatience = milliseconds(1500);
constexpr Duration kLowStarts = seconds(1);  // for its first key frame; main spares the viewer until then
constexpr int kMostDoublings = 2;            // of 5 … 10 s: a network that is wide again is found within 40 s
// A probe is five packets, so that a receiver that was busy for 5 ms makes it fall short. One that shows far less than
// was tried has found the bottleneck; one that shows nearly all of it is asked again.
constexpr double kInconclusive = 0.5;
constexpr int kMostAskedAgain = 2;

// Encoders are not to be told of every breath: up in steps worth seeing, down at once.
constexpr double kStepUp = 1.05;
constexpr double kStepDown = 0.97;
constexpr double kPlunge = 0.85;
constexpr Duration kBetweenUps = milliseconds(500);
constexpr Duration kBetweenDowns = milliseconds(100);

Bitrate scaled(Bitrate rate, double by) {
  return Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(rate.bps()) * by));
}

double share(double loss) { return kHeaders + std::clamp(loss, 0.0, kMostRepeated); }

bool worth_telling(Bitrate told, Bitrate now_wanted, Bitrate ceiling, Duration since) {
  if (now_wanted > told) {
    return since >= kBetweenUps && (now_wanted >= scaled(told, kStepUp) || now_wanted == ceiling);
  }
  if (now_wanted <= scaled(told, kPlunge)) return true;
  return since >= kBetweenDowns && now_wanted <= scaled(told, kStepDown);
}

}  // namespace

Bitrate TierAllocator::media_rate(Bitrate all, Bitrate sound, double loss) {
  const std::int64_t left = std::max<std::int64_t>(0, all.bps() - sound.bps() - kPartPackets);
  return scaled(Bitrate::bps(left), 1 / share(loss));
}

Bitrate TierAllocator::wire_rate(Bitrate media, Bitrate sound, double loss) {
  return Bitrate::bps(scaled(media, share(loss)).bps() + sound.bps() + kPartPackets);
}

std::optional<Bitrate> TierAllocator::Viewer::media() const {
  if (!path.estimate) return std::nullopt;
  return media_rate(*path.estimate, path.sound, path.loss);
}

void TierAllocator::set_limits(TimePoint now, const StreamLimits& limits) {
  limits_ = limits;
  for (auto& [id, viewer] : viewers_) {
    if (!limits.low_available && viewer.tier == rtp::Tier::kLow) move(now, id, viewer, rtp::Tier::kMain);
  }
  const TierRates rates = wanted(now);
  if (rates == rates_) return;
  rates_ = rates;
  changed_at_ = now;
  events_.emplace_back(RatesChanged{rates});
}

void TierAllocator::on_path(TimePoint now, ViewerId id, const Path& path) {
  Viewer& viewer = viewers_[id];
  viewer.path = path;
  if (viewer.tier == rtp::Tier::kMain) {
    judge_main(now, id, viewer);
  } else {
    judge_low(now, id, viewer);
  }
  publish(now);
}

void TierAllocator::remove(TimePoint now, ViewerId id) {
  if (viewers_.erase(id) == 0) return;
  // Whoever was kept from main by this one alone need not wait.
  for (auto& [other, viewer] : viewers_) {
    if (viewer.tier == rtp::Tier::kLow) judge_low(now, other, viewer);
  }
  publish(now);
}

bool TierAllocator::belongs_below(const Viewer& viewer) const {
  const auto media = viewer.media();
  const auto others = lowest_on_main_without(viewer);
  if (!limits_.low_available || !media || !others) return false;
  return *media < scaled(*others, kFarBelow) && *viewer.path.estimate < scaled(limits_.low_ceiling, kAboutLow);
}

void TierAllocator::judge_main(TimePoint now, ViewerId id, Viewer& viewer) {
  if (viewer.failures > 0 && now - viewer.moved_at > kStayed) viewer.failures = 0;
  if (!belongs_below(viewer)) {
    viewer.below_since.reset();
    return;
  }
  if (!viewer.below_since) viewer.below_since = now;
  if (now - *viewer.below_since < kBelowFor) return;
  if (viewer.moved_at != TimePoint{} && now - viewer.moved_at <= kStayed) ++viewer.failures;
  move(now, id, viewer, rtp::Tier::kLow);
}

void TierAllocator::judge_low(TimePoint now, ViewerId id, Viewer& viewer) {
  // Alone it drags nobody down, and one encode is less work than two.
  if (!anyone_else_on_main(viewer) && limits_.adaptable) return move(now, id, viewer, rtp::Tier::kMain);
  if (!viewer.path.estimate || viewer.path.tier != rtp::Tier::kLow || now < viewer.try_at) return;
  const Bitrate needed = wire_rate(scaled(rates_.main, kAbove), viewer.path.sound, viewer.path.loss);
  if (viewer.probed_at) {
    if (*viewer.path.estimate >= scaled(needed, kCameThrough)) return move(now, id, viewer, rtp::Tier::kMain);
    if (now - *viewer.probed_at < kProbePatience) return;
    const bool nearly = *viewer.path.estimate >= scaled(needed, kInconclusive);
    if (!nearly || viewer.asked_again++ == kMostAskedAgain) {
      ++viewer.failures;
      return wait_again(now, viewer);
    }
  }
  // What is sent on low shows nothing of what more would fit, so this is the only way to find out. It is five packets.
  viewer.probed_at = now;
  events_.emplace_back(ProbeWanted{id, needed});
}

void TierAllocator::wait_again(TimePoint now, Viewer& viewer) {
  const double factor = (5 + 5 * random_.unit()) * static_cast<double>(1 << std::min(viewer.failures, kMostDoublings));
  viewer.try_at = now + milliseconds(static_cast<std::int64_t>(1000 * factor));
  viewer.probed_at.reset();
  viewer.asked_again = 0;
}

void TierAllocator::move(TimePoint now, ViewerId id, Viewer& viewer, rtp::Tier tier) {
  viewer.tier = tier;
  viewer.moved_at = now;
  viewer.below_since.reset();
  wait_again(now, viewer);
  events_.emplace_back(Moved{id, tier});
}

/// Until low has begun, main is what the viewer gets.
bool TierAllocator::weighs_on_main(TimePoint now, const Viewer& viewer) const {
  if (viewer.tier == rtp::Tier::kMain) return true;
  return viewer.path.tier == rtp::Tier::kMain && now - viewer.moved_at < kLowStarts;
}

bool TierAllocator::anyone_else_on_main(const Viewer& viewer) const {
  return std::ranges::any_of(
      viewers_, [&](const auto& other) { return &other.second != &viewer && other.second.tier == rtp::Tier::kMain; });
}

std::optional<Bitrate> TierAllocator::lowest_on_main_without(const Viewer& viewer) const {
  std::optional<Bitrate> lowest;
  if (!limits_.adaptable) lowest = limits_.ceiling;  // it is what it is
  for (const auto& [id, other] : viewers_) {
    const auto media = other.media();
    if (&other == &viewer || other.tier != rtp::Tier::kMain || !media || !limits_.adaptable) continue;
    lowest = std::min({lowest.value_or(limits_.ceiling), *media, limits_.ceiling});
  }
  return lowest;
}

TierRates TierAllocator::wanted(TimePoint now) const {
  if (viewers_.empty()) return {limits_.ceiling, std::nullopt};
  std::optional<Bitrate> main;
  std::optional<Bitrate> low;
  for (const auto& [id, viewer] : viewers_) {
    const auto media = viewer.media();
    if (viewer.tier == rtp::Tier::kLow)
      low = std::min(low.value_or(limits_.low_ceiling), media.value_or(limits_.low_floor));
    if (media && weighs_on_main(now, viewer)) main = std::min(main.value_or(limits_.ceiling), *media);
  }
  TierRates out;
  out.main = std::clamp(limits_.adaptable ? main.value_or(rates_.main) : limits_.ceiling, limits_.floor,
                        std::max(limits_.floor, limits_.ceiling));
  if (low) out.low = std::max(*low, limits_.low_floor);
  return out;
}

void TierAllocator::publish(TimePoint now) {
  TierRates next = wanted(now);
  const Duration since = now - changed_at_;
  const bool main = worth_telling(rates_.main, next.main, limits_.ceiling, since);
  const bool appears = next.low.has_value() != rates_.low.has_value();
  const bool low = next.low && rates_.low && worth_telling(*rates_.low, *next.low, limits_.low_ceiling, since);
  if (next == rates_ || (!main && !low && !appears)) return;
  if (!main) next.main = rates_.main;
  rates_ = next;
  changed_at_ = now;
  events_.emplace_back(RatesChanged{next});
}

std::optional<TierAllocator::Event> TierAllocator::next_event() {
  if (events_.empty()) return std::nullopt;
  const Event event = events_.front();
  events_.pop_front();
  return event;
}

}  // namespace perch::net
