#include "tests/system/netsim/options.hpp"

#include <limits>

#include "hal/base/text.hpp"

namespace perch::netsim {
namespace {

Result<void> parse_place(std::string_view text, TunPlace& place) {
  const auto parts = split(text, ',');
  if (parts.size() != 2 || parts[0].empty() || parts[1].empty())
    return fail(Errc::kInvalid, "NAMESPACE,DEVICE is wanted");
  place = {std::string(parts[0]), std::string(parts[1])};
  return {};
}

Result<void> parse_direction(std::string_view text, LinkConfig& link) {
  auto parsed = parse_link(text);
  if (!parsed) return fail(parsed.error());
  link = std::move(*parsed);
  return {};
}

Result<void> parse_seed(std::string_view text, std::uint64_t& seed) {
  const auto number = parse_decimal(text, std::numeric_limits<std::uint32_t>::max());
  if (!number) return fail(Errc::kInvalid, "a whole number is wanted");
  seed = *number;
  return {};
}

Result<void> parse_lifetime(std::string_view text, Duration& lifetime) {
  const auto number = parse_number(text);
  if (!number || *number > 86'400) return fail(Errc::kInvalid, "up to 86400 s are wanted");
  lifetime = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*number));
  return {};
}

Result<void> parse_value(std::string_view name, std::string_view value, Options& options) {
  if (name == "--a") return parse_place(value, options.a);
  if (name == "--b") return parse_place(value, options.b);
  if (name == "--a-to-b") return parse_direction(value, options.a_to_b);
  if (name == "--b-to-a") return parse_direction(value, options.b_to_a);
  if (name == "--seed") return parse_seed(value, options.seed);
  if (name == "--seconds") return parse_lifetime(value, options.lifetime);
  return fail(Errc::kInvalid, "no such option");
}

}  // namespace

std::string usage() {
  return std::string(
             "usage: perch_netsim --a NAMESPACE,DEVICE --b NAMESPACE,DEVICE [--a-to-b LINK] [--b-to-a LINK]\n"
             "                    [--seed N] [--seconds N] [--wait-for-signal]\n\n"
             "Joins two tun devices, each in a network namespace (/proc/PID/ns/net), by an emulated link.\n"
             "Says {\"event\":\"ready\"} when it forwards and {\"event\":\"started\"} when the links' time begins: at "
             "once,\n"
             "or with --wait-for-signal at SIGUSR1. Ends after --seconds or at SIGTERM, with its counters as last "
             "line.\n\n") +
         kLinkSpecHelp;
}

Result<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string name = arguments[i];
    if (name == "--help") {
      options.help = true;
      return options;
    }
    if (name == "--wait-for-signal") {
      options.wait_for_signal = true;
      continue;
    }
    if (++i == arguments.size()) return fail(Errc::kInvalid, name + ": a value is missing, or it is not known");
    if (const auto done = parse_value(name, arguments[i], options); !done) {
      return fail(Errc::kInvalid, name + ": " + done.error().context);
    }
  }
  if (options.a.device.empty() || options.b.device.empty()) return fail(Errc::kInvalid, "--a and --b are wanted");
  return options;
}

}  // namespace perch::netsim
