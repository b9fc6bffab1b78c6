#include "tests/system/netsim/link_spec.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "hal/base/text.hpp"

namespace perch::netsim {
namespace {

// A day; everything longer is a typing mistake, and nothing overflows.
constexpr double kLongest_s = 86'400;

Result<Duration> parse_duration(std::string_view text, double unit_s) {
  const auto number = parse_number(text);
  if (!number) return fail(number.error());
  if (*number * unit_s > kLongest_s) return fail(Errc::kInvalid, "longer than a day: " + std::string(text));
  return nanoseconds(std::llround(*number * unit_s * 1e9));
}

Result<double> parse_chance(std::string_view text) {
  auto chance = parse_number(text);
  if (chance && *chance > 1) return fail(Errc::kInvalid, "a chance is at most 1, not " + std::string(text));
  return chance;
}

/// Both sides of the separator; nothing when it is not there exactly once.
std::optional<std::array<std::string_view, 2>> halves(std::string_view text, char separator) {
  const auto parts = split(text, separator);
  if (parts.size() != 2) return std::nullopt;
  return std::array{parts[0], parts[1]};
}

Result<CapacitySchedule::Phase> parse_phase(std::string_view text, bool first) {
  const auto sides = halves(text, '@');
  if (!sides && !first) return fail(Errc::kInvalid, "a later rate needs its time, KBITS@S: " + std::string(text));
  const auto kbps = parse_number(sides ? (*sides)[0] : text);
  const auto from = parse_duration(sides ? (*sides)[1] : "0", 1);
  if (!kbps || !from) return fail(kbps ? from.error() : kbps.error());
  // Over 10 Gbit/s a packet takes no time that could be counted.
  if (*kbps < 1 || *kbps > 1e7) return fail(Errc::kInvalid, "a rate is 1 to 10000000 kbit/s, not " + std::string(text));
  return CapacitySchedule::Phase{*from, Bitrate::bps(std::llround(*kbps * 1000))};
}

Result<void> parse_rate(std::string_view text, LinkConfig& link) {
  std::vector<CapacitySchedule::Phase> phases;
  for (const std::string_view part : split(text, '+')) {
    const auto phase = parse_phase(part, phases.empty());
    if (!phase) return fail(phase.error());
    if (!phases.empty() && phase->from < phases.back().from) return fail(Errc::kInvalid, "times must rise");
    phases.push_back(*phase);
  }
  link.capacity = CapacitySchedule(std::move(phases));
  return {};
}

Result<void> parse_burst(std::string_view text, LinkConfig& link) {
  const auto sides = halves(text, '/');
  if (!sides) return fail(Errc::kInvalid, "burst=BEGIN/END is wanted");
  const auto begin = parse_chance((*sides)[0]);
  const auto end = parse_chance((*sides)[1]);
  if (!begin || !end) return fail(begin ? end.error() : begin.error());
  link.burst_begin = *begin;
  link.burst_end = *end;
  return {};
}

Result<void> parse_blackouts(std::string_view text, LinkConfig& link) {
  for (const std::string_view part : split(text, '+')) {
    const auto sides = halves(part, '-');
    if (!sides) return fail(Errc::kInvalid, "blackout=S-S is wanted");
    const auto from = parse_duration((*sides)[0], 1);
    const auto to = parse_duration((*sides)[1], 1);
    if (!from || !to) return fail(from ? to.error() : from.error());
    if (*from >= *to) return fail(Errc::kInvalid, "a blackout ends after it begins");
    link.blackouts.push_back({*from, *to});
  }
  return {};
}

template <class T>
Result<void> assign(T& to, Result<T> value) {
  if (!value) return fail(value.error());
  to = *value;
  return {};
}

Result<void> parse_word(std::string_view key, std::string_view value, LinkConfig& link) {
  if (key == "rate") return parse_rate(value, link);
  if (key == "queue") return assign(link.queue_limit, parse_duration(value, 1e-3));
  if (key == "delay") return assign(link.delay, parse_duration(value, 1e-3));
  if (key == "jitter") return assign(link.jitter_deviation, parse_duration(value, 1e-3));
  if (key == "loss") return assign(link.loss, parse_chance(value));
  if (key == "burst") return parse_burst(value, link);
  if (key == "blackout") return parse_blackouts(value, link);
  return fail(Errc::kInvalid, "no such key");
}

}  // namespace

Result<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && !text.empty();
  if (!whole || !std::isfinite(number) || number < 0) {
    return fail(Errc::kInvalid, "a number is wanted, not \"" + std::string(text) + "\"");
  }
  return number;
}

Result<LinkConfig> parse_link(std::string_view text) {
  LinkConfig link;
  if (text.empty()) return link;
  std::set<std::string_view> seen;
  for (const std::string_view word : split(text, ',')) {
    const auto sides = halves(word, '=');
    if (!sides) return fail(Errc::kInvalid, "KEY=VALUE is wanted, not \"" + std::string(word) + "\"");
    const auto [key, value] = *sides;
    if (!seen.insert(key).second) return fail(Errc::kInvalid, std::string(key) + " comes twice");
    if (const auto done = parse_word(key, value, link); !done) {
      return fail(Errc::kInvalid, std::string(word) + ": " + done.error().context);
    }
  }
  return link;
}

}  // namespace perch::netsim
