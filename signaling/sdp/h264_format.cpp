// See h264_format.hpp.
#include "signaling/sdp/h264_format.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "hal/base/text.hpp"

namespace perch::signaling::sdp {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// One row of RFC 6184 §8.1 table 5: these bits of profile_iop, where the mask looks, mean this profile.
struct ProfileRow {
  unsigned idc;
  unsigned iop_mask;
  unsigned iop;
  H264Profile profile;
};
constexpr std::array<ProfileRow, 8> kProfiles = {{{0x42, 0x4F, 0x40, H264Profile::kConstrainedBaseline},
                                                  {0x4D, 0x8F, 0x80, H264Profile::kConstrainedBaseline},
                                                  {0x58, 0xCF, 0xC0, H264Profile::kConstrainedBaseline},
                                                  {0x42, 0x4F, 0x00, H264Profile::kBaseline},
                                                  {0x58, 0xCF, 0x80, H264Profile::kBaseline},
                                                  {0x4D, 0xAF, 0x00, H264Profile::kMain},
                                                  {0x64, 0xFF, 0x0C, H264Profile::kConstrainedHigh},
                                                  {0x64, 0xFF, 0x00, H264Profile::kHigh}}};

/// 0 is best. Decoders are lenient: Chromium 156 plays High under a negotiated 42e01f, so no profile is hopeless.
int distance(H264Profile stream, H264Profile offered) {
  using P = H264Profile;
  if (offered == stream) return 0;
  constexpr std::array<P, 5> kWidening = {P::kConstrainedBaseline, P::kBaseline, P::kMain, P::kConstrainedHigh,
                                          P::kHigh};
  const auto rank = [&](P p) {
    return static_cast<int>(std::find(kWidening.begin(), kWidening.end(), p) - kWidening.begin());
  };
  if (offered == P::kOther) return 20;
  const int wider = rank(offered) - rank(stream);
  return wider > 0 ? wider : 10 + rank(offered);  // narrower ones: the most common first
}

std::optional<H264Profile> offered_profile(const Format& format) {
  // RFC 6184 §8.1: mode 0 when absent; level 1 of plain Baseline when profile-level-id is absent
  const bool usable = is_encoding(format, "H264") && format.clock_rate == 90'000 &&
                      parameter(format.parameters, "packetization-mode") == std::string_view("1");
  if (!usable) return std::nullopt;
  return h264_profile(parameter(format.parameters, "profile-level-id").value_or("42000a"));
}

}  // namespace

std::optional<H264Profile> h264_profile(std::string_view profile_level_id) {
  unsigned value = 0;
  const char* end = profile_level_id.data() + profile_level_id.size();
  const auto [stop, error] = std::from_chars(profile_level_id.data(), end, value, 16);
  if (profile_level_id.size() != 6 || error != std::errc{} || stop != end) return std::nullopt;
  const unsigned idc = value >> 16;
  const unsigned iop = value >> 8 & 0xFF;
  for (const ProfileRow& row : kProfiles) {
    if (row.idc == idc && (iop & row.iop_mask) == row.iop) return row.profile;
  }
  return H264Profile::kOther;
}

std::optional<std::string_view> parameter(std::string_view parameters, std::string_view name) {
  for (std::string_view pair : split(parameters, ';')) {
    pair = trimmed(pair);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !equal_ignoring_case(pair.substr(0, equals), name)) continue;
    return pair.substr(equals + 1);
  }
  return std::nullopt;
}

const Format* choose_h264(const std::vector<Format>& formats, H264Profile profile) {
  const Format* best = nullptr;
  int best_distance = 0;
  for (const Format& format : formats) {
    const auto offered = offered_profile(format);
    if (!offered || (best != nullptr && distance(profile, *offered) >= best_distance)) continue;
    best = &format;
    best_distance = distance(profile, *offered);
  }
  return best;
}

std::string with_our_level(std::string_view offered, std::string_view profile_level_id) {
  std::string parameters(offered);
  const auto level = parameter(parameters, "profile-level-id");
  const bool may_differ = parameter(parameters, "level-asymmetry-allowed") == std::string_view("1");
  if (!level || level->size() != 6 || profile_level_id.size() != 6 || !may_differ) return parameters;
  const auto at = static_cast<std::size_t>(level->data() - parameters.data());
  return parameters.replace(at + 4, 2, profile_level_id.substr(4));
}

const Format* choose_rtx(const std::vector<Format>& formats, std::uint8_t payload_type) {
  const std::string apt = std::to_string(payload_type);
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const Format& format) {
    return is_encoding(format, "rtx") && parameter(format.parameters, "apt") == std::string_view(apt);
  });
  return found == formats.end() ? nullptr : &*found;
}

bool is_encoding(const Format& format, std::string_view name) { return equal_ignoring_case(format.encoding, name); }

}  // namespace perch::signaling::sdp
