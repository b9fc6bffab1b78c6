// See invitation.hpp.
#include "agent/invitation.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "agent/toml_parser.hpp"
#include "hal/base/log.hpp"
#include "hal/base/private_file.hpp"
#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

using signaling::Rights;

/// How far the clock may have been corrected backwards since an invitation was written.
constexpr auto kClockSlack = std::chrono::hours(1);

constexpr std::size_t kKeyLetters = 43;  // 32 bytes, 6 bits each
/// What stands in a file's text instead of the key; '*' is no letter of base64url.
const std::string kCutOut(kKeyLetters, '*');

/// Where the key's letters are in a line like `key = "…"`.
std::optional<std::size_t> key_position(std::string_view line) {
  std::size_t at = 0;
  const auto skip_blanks = [&] { at = std::min(line.find_first_not_of(" \t", at), line.size()); };
  const auto skip = [&](std::string_view word) { return line.substr(at).starts_with(word) && (at += word.size()) > 0; };
  skip_blanks();
  if (!skip("key")) return std::nullopt;
  skip_blanks();
  if (!skip("=")) return std::nullopt;
  skip_blanks();
  if (!skip("\"") && !skip("'")) return std::nullopt;
  const bool closed = line.size() > at + kKeyLetters && line[at + kKeyLetters] == line[at - 1];
  return closed ? std::optional(at) : std::nullopt;
}

/// A viewer's file in two parts: toml++ would keep copies of the key that nobody overwrites.
struct WithoutKey {
  std::optional<signaling::SecretKey> key;
  std::string text;
};

WithoutKey cut_key_out(std::string_view text) {
  for (std::size_t start = 0; start < text.size();) {
    const std::string_view line = text.substr(start, text.find('\n', start) - start);
    if (const auto at = key_position(line)) {
      const std::size_t letters = start + *at;
      std::string rest = std::string(text.substr(0, letters)) + kCutOut;
      rest += text.substr(letters + kKeyLetters);
      return {signaling::SecretKey::from_text(text.substr(letters, kKeyLetters)), std::move(rest)};
    }
    start += line.size() + 1;
  }
  return {std::nullopt, std::string(text)};
}

/// The key counts only if TOML, too, reads it where it was found.
Result<signaling::SecretKey> read_key(const toml::table& table, std::optional<signaling::SecretKey> found) {
  if (!found || table["key"].value<std::string_view>() != kCutOut)
    return fail(Errc::kInvalid, "key must be 43 letters of base64url, as in key = \"…\"");
  return std::move(*found);
}

Result<Rights> read_rights(const toml::table& table) {
  const auto* array = table["rights"].as_array();
  if (array == nullptr) return fail(Errc::kInvalid, "rights must be a list like [\"watch\", \"listen\"]");
  std::vector<std::string_view> words;
  for (const toml::node& item : *array) words.push_back(item.value<std::string_view>().value_or(""));
  return signaling::rights_from(words);
}

Result<UnixTime> read_time(const toml::table& table, const char* name) {
  const auto value = table[name].value<toml::date_time>();
  if (!value || !value->offset)
    return fail(Errc::kInvalid, std::string(name) + " must be a time like 2026-12-31T12:00:00Z, without quotes");
  using namespace std::chrono;
  const auto date = year(value->date.year) / month(value->date.month) / day(value->date.day);
  return UnixTime(sys_days(date) + hours(value->time.hour) + minutes(value->time.minute) + seconds(value->time.second) -
                  minutes(value->offset->minutes));
}

Result<void> check_names(const toml::table& table) {
  const std::vector<std::string_view> known = {"key", "rights", "created", "expires"};
  for (const auto& [name, node] : table) {
    if (std::find(known.begin(), known.end(), name.str()) != known.end()) continue;
    std::string words = "unknown key " + in_quotes(name.str());
    if (const auto near = closest_word(name.str(), known)) words += ", did you mean " + in_quotes(*near) + "?";
    return fail(Errc::kInvalid, words);
  }
  return {};
}

}  // namespace

UnixTime wall_clock_now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

bool same_key(const Invitation& a, const Invitation& b) {
  return std::equal(a.key.bytes().begin(), a.key.bytes().end(), b.key.bytes().begin());
}

Standing standing_of(const Invitation& invitation, UnixTime now) {
  if (!invitation.expires) return Standing::kValid;
  if (now >= *invitation.expires) return Standing::kExpired;
  return now + kClockSlack < invitation.created ? Standing::kUntimely : Standing::kValid;
}

const char* to_string(Standing standing) {
  switch (standing) {
    case Standing::kValid: return "valid";
    case Standing::kExpired: return "expired";
    case Standing::kUntimely: return "waits for the clock";
  }
  return "valid";
}

Result<Invitation> parse_invitation(const std::string& viewer, std::string_view text) {
  WithoutKey parts = cut_key_out(text);
  const toml::parse_result parsed = toml::parse(parts.text);
  if (!parsed)
    return fail(Errc::kInvalid, "line " + std::to_string(parsed.error().source().begin.line) + ": " +
                                    std::string(parsed.error().description()));
  const toml::table& table = parsed.table();
  if (auto names = check_names(table); !names) return fail(std::move(names.error()));
  auto key = read_key(table, std::move(parts.key));
  const auto rights = read_rights(table);
  const auto created = read_time(table, "created");
  if (!key) return fail(std::move(key.error()));
  if (!rights) return fail(rights.error());
  if (!created) return fail(created.error());
  Invitation invitation{viewer, std::move(*key), *rights, *created};
  if (!table.contains("expires")) return invitation;
  const auto expires = read_time(table, "expires");
  if (!expires) return fail(expires.error());
  invitation.expires = *expires;
  return invitation;
}

std::string write_invitation(const Invitation& invitation) {
  std::string text;
  text.reserve(1024);  // all of it, so that growing leaves no copies of the key behind
  text += "# Lets " + invitation.viewer + " in. Keep it secret: whoever has the key may do the same.\nkey = \"";
  std::string letters = base64url_encode(invitation.key.bytes());
  text += letters;
  wipe(letters);
  text += "\"\nrights = [";
  std::string list;
  for (const std::string& word : signaling::words_of(invitation.rights))
    list += (list.empty() ? "\"" : ", \"") + word + '"';
  text += list + "]\ncreated = " + to_text(invitation.created) + '\n';
  if (invitation.expires) text += "expires = " + to_text(*invitation.expires) + '\n';
  return text;
}

std::string to_text(UnixTime time) {
  // Calendars of <chrono>: time_t ends in 2038 on some boards, and system_clock, which counts nanoseconds, in 2262.
  using namespace std::chrono;
  const year_month_day date(floor<days>(time));
  const hh_mm_ss clock(time - sys_days(date));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

Result<std::optional<UnixTime>> parse_expiry(std::string_view text, UnixTime now) {
  if (text == "never") return std::nullopt;
  const auto mistake = fail(Errc::kInvalid, in_quotes(text) + " is no time to expire after: 12h, 30d, 2w or never");
  if (text.size() < 2) return mistake;
  constexpr std::uint64_t kMost = 100'000;  // 11 years in hours, and no date beyond what TOML can write
  const auto count = parse_decimal(text.substr(0, text.size() - 1), kMost);
  if (!count || *count == 0) return mistake;
  using namespace std::chrono;
  const auto amount = static_cast<std::int64_t>(*count);
  switch (text.back()) {
    case 'h': return now + hours(amount);
    case 'd': return now + days(amount);
    case 'w': return now + weeks(amount);
    default: return mistake;
  }
}

Result<Rights> parse_rights(std::string_view text) {
  std::vector<std::string_view> words = split(text, ',');
  for (std::string_view& word : words) {
    word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
    word = word.substr(0, word.find_last_not_of(' ') + 1);
  }
  auto rights = signaling::rights_from(words);
  if (!rights) return fail(Errc::kInvalid, in_quotes(text) + ": " + rights.error().message() + ", separated by commas");
  return rights;
}

}  // namespace perch::agent
