// See lines.hpp.
#include "signaling/sdp/lines.hpp"

#include <algorithm>

#include "hal/base/text.hpp"
#include "signaling/sdp/parser.hpp"

namespace perch::signaling::sdp {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

Result<Line> parse_line(std::string_view text) {
  // RFC 8866 §5: a type letter this parser does not understand spoils the whole description.
  constexpr std::string_view kTypes = "vosiuepcbtrzkam";
  if (text.size() > kMaxLineBytes) return fail(Errc::kTooLarge, "an SDP line is over 4 KiB");
  if (text.size() < 2 || text[1] != '=' || kTypes.find(text[0]) == std::string_view::npos) {
    return fail(Errc::kInvalid, "not an SDP line");
  }
  if (std::any_of(text.begin(), text.end(), is_control))
    return fail(Errc::kInvalid, "control character in an SDP line");
  return Line{text[0], text.substr(2)};
}

}  // namespace

Result<std::vector<Line>> split_lines(std::string_view text) {
  if (text.size() > kMaxDescriptionBytes) return fail(Errc::kTooLarge, "the SDP is over 16 KiB");
  std::vector<Line> lines;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() && text.empty()) break;  // a blank line at the end is common in hand-made SDP
    auto parsed = parse_line(line);
    if (!parsed) return fail(parsed.error());
    lines.push_back(*parsed);
  }
  return lines;
}

std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return taken;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words = split(text, ' ');
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  return words;
}

}  // namespace perch::signaling::sdp
