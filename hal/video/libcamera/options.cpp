// See options.hpp.
#include "hal/video/libcamera/options.hpp"

#include "hal/base/text.hpp"

namespace perch::video {
namespace {

constexpr std::uint64_t kMaxNumber = 1'000'000'000;

// "1280x720", "30/1": two numbers over zero.
std::optional<std::pair<std::uint32_t, std::uint32_t>> parse_pair(const std::string& text, char separator) {
  const auto parts = split(text, separator);
  if (parts.size() != 2) return std::nullopt;
  const auto first = parse_decimal(parts[0], kMaxNumber), second = parse_decimal(parts[1], kMaxNumber);
  if (!first || !second || *first == 0 || *second == 0) return std::nullopt;
  return std::pair(static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*second));
}

// False when the value is not one of this option, or there is no such option.
bool take(LibcameraOptions& options, const std::string& name, const std::string& value) {
  if (name == "--camera") {
    options.camera = value;
  } else if (name == "--control") {
    options.controls.push_back(value);
  } else if (const auto size = parse_pair(value, 'x'); name == "--size" && size) {
    options.size = {static_cast<int>(size->first), static_cast<int>(size->second)};
  } else if (const auto rate = parse_pair(value, '/'); name == "--rate" && rate) {
    options.rate = {rate->first, rate->second};
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<LibcameraOptions> parse_libcamera_options(const std::vector<std::string>& words) {
  LibcameraOptions options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--list") {
      options.list = true;
      continue;
    }
    const std::string value = i + 1 < words.size() ? words[i + 1] : "";
    if (!take(options, words[i], value))
      return fail(Errc::kInvalid, "perch-libcamera: " + words[i] + " " + value + " is not understood");
    ++i;
  }
  return options;
}

}  // namespace perch::video
