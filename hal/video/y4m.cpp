// See y4m.hpp. Format: the man page yuv4mpeg(5) of mjpegtools.
#include "hal/video/y4m.hpp"

#include <optional>

#include "hal/base/text.hpp"

namespace perch::video {
namespace {

constexpr double kMinRate = 0.1, kMaxRate = 1000;  // [1/s]; beyond, a file is damaged rather than slow or fast
constexpr std::string_view kMagic = "YUV4MPEG2", kFrame = "FRAME";

Result<std::string_view> first_line(std::string_view start) {
  const auto end = start.substr(0, kMaxY4mLine).find('\n');
  if (end == std::string_view::npos) return fail(Errc::kInvalid, "Y4M line does not end");
  return start.substr(0, end);
}

// The line is the word alone, or the word, a space and parameters.
bool starts_with_word(std::string_view line, std::string_view word) {
  return line.starts_with(word) && (line.size() == word.size() || line[word.size()] == ' ');
}

std::optional<int> parse_side(std::string_view text) {
  const auto value = parse_decimal(text, kMaxY4mSide);
  if (!value || *value == 0) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<FrameRate> parse_rate(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 2) return std::nullopt;
  const auto numerator = parse_decimal(parts[0], 1'000'000'000), denominator = parse_decimal(parts[1], 1'000'000'000);
  if (!numerator || !denominator) return std::nullopt;
  if (*numerator == 0 || *denominator == 0) return FrameRate{0, 1};  // "F0:0" means unknown
  const FrameRate rate{static_cast<std::uint32_t>(*numerator), static_cast<std::uint32_t>(*denominator)};
  if (rate.per_second() < kMinRate || rate.per_second() > kMaxRate) return std::nullopt;
  return rate;
}

// Chroma siting differs among these; the layout of the bytes does not.
bool is_420(std::string_view colour_space) {
  return colour_space == "420" || colour_space == "420jpeg" || colour_space == "420mpeg2" || colour_space == "420paldv";
}

Result<void> apply(std::string_view parameter, Y4mHeader& header) {
  const std::string_view value = parameter.substr(1);
  switch (parameter[0]) {
    case 'W':
    case 'H': {
      const auto side = parse_side(value);
      if (!side) return fail(Errc::kInvalid, "Y4M width or height is not 1 to " + std::to_string(kMaxY4mSide));
      (parameter[0] == 'W' ? header.size.width : header.size.height) = *side;
      return {};
    }
    case 'F': {
      const auto rate = parse_rate(value);
      if (!rate) return fail(Errc::kInvalid, "Y4M frame rate is not a fraction from 0.1 to 1000 per second");
      header.rate = *rate;
      return {};
    }
    case 'C':
      if (!is_420(value)) return fail(Errc::kUnsupported, "Y4M must be 8-bit 4:2:0 (ffmpeg: -pix_fmt yuv420p)");
      return {};
    default: return {};  // interlacing, aspect, comments
  }
}

}  // namespace

Result<Y4mHeader> parse_y4m_header(std::string_view start) {
  const auto line = first_line(start);
  if (!line) return fail(line.error());
  if (!starts_with_word(*line, kMagic)) return fail(Errc::kInvalid, "not a Y4M file: it does not begin with YUV4MPEG2");
  Y4mHeader header{.size = {}, .rate = {0, 1}, .bytes = line->size() + 1};
  for (const std::string_view parameter : split(line->substr(kMagic.size()), ' ')) {
    if (parameter.empty()) continue;
    if (auto applied = apply(parameter, header); !applied) return fail(applied.error());
  }
  if (header.size.width == 0 || header.size.height == 0)
    return fail(Errc::kInvalid, "Y4M header has no width or no height");
  return header;
}

Result<std::size_t> parse_y4m_frame_line(std::string_view start) {
  const auto line = first_line(start);
  if (!line) return fail(line.error());
  if (!starts_with_word(*line, kFrame)) return fail(Errc::kInvalid, "Y4M frame does not begin with FRAME");
  return line->size() + 1;
}

}  // namespace perch::video
