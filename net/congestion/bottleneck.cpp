#include "net/congestion/bottleneck.hpp"

#include <algorithm>

namespace perch::net {
namespace {

constexpr double kFewestBits = 3 * 1200 * 8;   // three full packets' weight
constexpr microseconds kLongestPair{100'000};  // a pause, not a pair
constexpr microseconds kStale{3'000'000};

}  // namespace

void Bottleneck::Sums::add(microseconds now, double more_bits, double more_sent, double more_arrived) {
  // A rational stand-in for the exponential: the same result on every processor and library.
  if (bits == 0) at = now;
  const double age = std::max(0.0, static_cast<double>((now - at).count()));
  const double keep = memory / (memory + age);
  bits = bits * keep + more_bits;
  sent = sent * keep + more_sent;
  arrived = arrived * keep + more_arrived;
  at = std::max(at, now);
}

std::optional<Bitrate> Bottleneck::Sums::rate(microseconds newest) const {
  if (bits < kFewestBits || newest - at > kStale) return std::nullopt;
  const double longer = std::max({arrived, sent, 1000.0});
  return Bitrate::bps(static_cast<std::int64_t>(bits * 1e6 / longer));
}

void Bottleneck::add(microseconds sent_at, microseconds arrived_at, std::size_t size, bool follows, Bitrate reference) {
  const auto bits = static_cast<double>(size * 8);
  if (follows && last_sent_ && sent_at >= *last_sent_ && arrived_at >= last_arrived_) {
    const microseconds sent = sent_at - *last_sent_;
    const microseconds arrived = arrived_at - last_arrived_;
    const auto sent_us = static_cast<double>(sent.count());
    if (sent < kLongestPair && bits * 1e6 >= static_cast<double>(reference.bps()) * sent_us) {
      slow_.add(arrived_at, bits, sent_us, static_cast<double>(arrived.count()));
      fast_.add(arrived_at, bits, sent_us, static_cast<double>(arrived.count()));
    }
  }
  last_sent_ = sent_at;
  last_arrived_ = arrived_at;
}

}  // namespace perch::net
