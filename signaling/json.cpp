// The only file that knows cJSON; see json.hpp.
#include "signaling/json.hpp"

#include <cjson/cJSON.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace perch::signaling {
namespace {

bool continues(std::string_view text, std::size_t from, std::size_t count) {
  if (text.size() - from < count) return false;
  for (std::size_t i = from; i < from + count; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
  }
  return true;
}

/// Bytes of the UTF-8 sequence at `at`, 0 when it is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const auto second = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return continues(text, at + 1, 1) ? 2 : 0;
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  if (overlong || outside) return 0;
  const std::size_t more = lead < 0xF0 ? 2 : 3;
  return continues(text, at + 1, more) ? more + 1 : 0;
}

/// How many letters of ASCII the text begins with, in steps of eight.
std::size_t ascii_run(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t length = 0;
  for (std::uint64_t eight = 0; length + sizeof eight <= text.size(); length += sizeof eight) {
    std::memcpy(&eight, text.data() + length, sizeof eight);
    if ((eight & kHighBits) != 0) break;
  }
  return length;
}

/// Where the string that begins behind `at` ends: at its closing quote, or at the end of the text. Nothing: it holds a
/// NUL in disguise.
std::optional<std::size_t> end_of_string(std::string_view text, std::size_t at) {
  // Each letter is looked at for a quote once, and once for a backslash before that quote: time grows with the length
  // only, also for a text of nothing but escapes.
  for (std::size_t quote = text.find('"', at);;) {
    const std::size_t end = std::min(quote, text.size());
    const std::size_t escape = text.substr(at, end - at).find('\\');
    if (escape == std::string_view::npos) return end;
    if (text.substr(at + escape).starts_with("\\u0000")) return std::nullopt;
    at = std::min(at + escape + 2, text.size());
    if (quote < at) quote = text.find('"', at);  // that one was escaped
  }
}

/// cJSON recurses per level and ends strings at NUL, so both are refused before it sees the text. Strings are skipped
/// over in strides: a stranger's message is mostly one.
bool is_flat_and_without_nul(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      const auto end = end_of_string(text, i + 1);
      if (!end) return false;
      i = *end;
    } else if ((c == '{' || c == '[') && ++depth > kMaxJsonDepth) {
      return false;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return true;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t plain = ascii_run(text.substr(at)); plain > 0) {
      at += plain;
      continue;
    }
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

void JsonDocument::Deleter::operator()(cJSON* value) const { cJSON_Delete(value); }

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  if (text.size() > kMaxJsonBytes) return fail(Errc::kTooLarge, "the message is over 64 KiB");
  if (!is_flat_and_without_nul(text)) return fail(Errc::kInvalid, "the JSON is nested too deeply or holds a NUL");
  if (!is_utf8(text)) return fail(Errc::kInvalid, "the message is not UTF-8");
  const char* end = nullptr;
  JsonDocument document(cJSON_ParseWithLengthOpts(text.data(), text.size(), &end, 0));
  if (!document.root_) return fail(Errc::kInvalid, "the message is not JSON");
  const auto used = static_cast<std::size_t>(end - text.data());
  if (!is_blank(text.substr(used))) return fail(Errc::kInvalid, "something follows the JSON value");
  return document;
}

bool JsonView::is_object() const { return cJSON_IsObject(value_) != 0; }
bool JsonView::is_array() const { return cJSON_IsArray(value_) != 0; }
bool JsonView::is_null() const { return cJSON_IsNull(value_) != 0; }

std::optional<std::string_view> JsonView::as_text() const {
  if (cJSON_IsString(value_) == 0 || value_->valuestring == nullptr) return std::nullopt;
  return std::string_view(value_->valuestring);
}

std::optional<bool> JsonView::as_bool() const {
  if (cJSON_IsBool(value_) == 0) return std::nullopt;
  return cJSON_IsTrue(value_) != 0;
}

std::optional<std::uint64_t> JsonView::as_unsigned(std::uint64_t max) const {
  if (cJSON_IsNumber(value_) == 0) return std::nullopt;
  const double number = value_->valuedouble;
  const bool whole = std::isfinite(number) && std::floor(number) == number;
  if (!whole || number < 0 || number > static_cast<double>(max)) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

std::optional<std::int64_t> JsonView::as_integer() const {
  constexpr double kLargest = 9007199254740991;  // 2^53 - 1, RFC 8259 §6
  if (cJSON_IsNumber(value_) == 0) return std::nullopt;
  const double number = value_->valuedouble;
  const bool whole = std::isfinite(number) && std::floor(number) == number;
  if (!whole || std::fabs(number) > kLargest) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<JsonView> JsonView::member(const char* name) const {
  const cJSON* found = cJSON_GetObjectItemCaseSensitive(value_, name);
  if (!is_object() || found == nullptr) return std::nullopt;
  return JsonView(found);
}

std::vector<JsonView> JsonView::items() const {
  std::vector<JsonView> all;
  if (!is_array()) return all;
  const cJSON* item = nullptr;
  cJSON_ArrayForEach(item, value_) all.emplace_back(item);
  return all;
}

}  // namespace perch::signaling
