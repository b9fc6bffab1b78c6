// One small function per attribute, found by name in a table.
#include "signaling/sdp/attributes.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "hal/base/text.hpp"
#include "signaling/sdp/lines.hpp"
#include "signaling/sdp/parser.hpp"

namespace perch::signaling::sdp {
namespace {

using Applied = Result<void>;
using Apply = Applied (*)(MediaDescription& media, std::string_view value);

struct Row {
  std::string_view name;
  Apply apply;
};

tl::unexpected<Error> bad(const char* attribute) {
  return fail(Errc::kInvalid, std::string("a=") + attribute + " makes no sense");
}

template <class T>
Applied append(std::vector<T>& list, T item) {
  if (list.size() == kMaxListed) return fail(Errc::kTooLarge, "an m-section lists too many attributes of one name");
  list.push_back(std::move(item));
  return {};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_ice_text(std::string_view text) {  // ice-char of RFC 8839 §5.1
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
}

bool is_token(std::string_view text) { return !text.empty() && text.find(' ') == std::string_view::npos; }

Applied apply_mid(MediaDescription& media, std::string_view value) {
  // RFC 9143 §15.2: one byte-string of at most 16 bytes when it travels in RTP; 64 is our bound for the text.
  if (!is_token(value) || value.size() > 64) return bad("mid");
  media.mid = value;
  return {};
}

Applied apply_ufrag(MediaDescription& media, std::string_view value) {
  // RFC 8839 §5.4: 4 to 256 ice-chars
  if (value.size() < 4 || value.size() > 256 || !is_ice_text(value)) return bad("ice-ufrag");
  media.ice_ufrag = value;
  return {};
}

Applied apply_pwd(MediaDescription& media, std::string_view value) {
  // RFC 8839 §5.4: 22 to 256 ice-chars
  if (value.size() < 22 || value.size() > 256 || !is_ice_text(value)) return bad("ice-pwd");
  media.ice_pwd = value;
  return {};
}

Applied apply_ice_options(MediaDescription& media, std::string_view value) {
  const std::vector<std::string_view> options = words_of(value);
  media.trickle = std::find(options.begin(), options.end(), "trickle") != options.end();
  return {};
}

Applied apply_fingerprint(MediaDescription& media, std::string_view value) {
  const std::vector<std::string_view> words = words_of(value);
  if (words.size() != 2) return bad("fingerprint");
  return append(media.fingerprints, Fingerprint{lower(words[0]), std::string(words[1])});
}

Applied apply_setup(MediaDescription& media, std::string_view value) {
  if (value == "actpass")
    media.setup = Setup::kActPass;
  else if (value == "active")
    media.setup = Setup::kActive;
  else if (value == "passive")
    media.setup = Setup::kPassive;
  else if (value == "holdconn")
    media.setup = Setup::kHoldConn;
  else
    return bad("setup");
  return {};
}

template <Direction direction>
Applied apply_direction(MediaDescription& media, std::string_view value) {
  if (!value.empty()) return bad("direction");
  media.direction = direction;
  return {};
}

template <bool MediaDescription::*flag>
Applied apply_flag(MediaDescription& media, std::string_view) {
  media.*flag = true;
  return {};
}

Applied apply_rtcp_xr(MediaDescription& media, std::string_view value) {
  const std::vector<std::string_view> formats = words_of(value);
  // RFC 3611 §5.1: "sender" asks for reports from senders only, and the viewer who wants DLRR is a receiver.
  media.rcvr_rtt |= std::find(formats.begin(), formats.end(), "rcvr-rtt=all") != formats.end();
  return {};
}

std::optional<Direction> direction_from(std::string_view word) {
  for (const Direction one : {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly, Direction::kInactive}) {
    if (word == to_string(one)) return one;
  }
  return std::nullopt;
}

Applied apply_extmap(MediaDescription& media, std::string_view value) {
  const std::vector<std::string_view> words = words_of(value);  // id[/direction] uri [attributes]
  if (words.size() < 2) return bad("extmap");
  std::string_view suffix = words[0];
  const auto id = parse_decimal(take_until(suffix, '/'), 4095);
  if (!id || *id == 0) return bad("extmap");
  HeaderExtension extension{static_cast<std::uint16_t>(*id), std::nullopt, std::string(words[1])};
  if (!suffix.empty()) {
    extension.direction = direction_from(suffix);
    if (!extension.direction) return bad("extmap");
  }
  return append(media.extensions, std::move(extension));
}

Applied apply_rtpmap(MediaDescription& media, std::string_view value) {
  Format* format = find_format(media, take_until(value, ' '));
  if (format == nullptr) return {};  // RFC 8866 §6.6: describes a format that m= does not list
  const std::vector<std::string_view> parts = split(value, '/');
  const auto clock_rate = parts.size() > 1 ? parse_decimal(parts[1], 1'000'000) : std::nullopt;
  const auto channels = parts.size() > 2 ? parse_decimal(parts[2], 255) : 1;
  if (!clock_rate || !channels || !is_token(parts[0]) || parts.size() > 3) return bad("rtpmap");
  format->encoding = parts[0];
  format->clock_rate = static_cast<std::uint32_t>(*clock_rate);
  format->channels = static_cast<std::uint32_t>(*channels);
  return {};
}

Applied apply_fmtp(MediaDescription& media, std::string_view value) {
  Format* format = find_format(media, take_until(value, ' '));
  if (format != nullptr) format->parameters = value;
  return {};
}

Applied apply_rtcp_fb(MediaDescription& media, std::string_view value) {
  const std::string_view target = take_until(value, ' ');
  if (value.empty()) return bad("rtcp-fb");
  if (target != "*") {
    Format* format = find_format(media, target);
    return format == nullptr ? Applied() : append(format->feedback, std::string(value));
  }
  for (Format& format : media.formats) {  // RFC 4585 §4.2: * stands for all payload types
    if (auto added = append(format.feedback, std::string(value)); !added) return added;
  }
  return {};
}

Applied apply_msid(MediaDescription& media, std::string_view value) {
  media.msid = value;
  return {};
}

Applied apply_ssrc(MediaDescription& media, std::string_view value) {
  const auto ssrc = parse_decimal(take_until(value, ' '), 0xFFFFFFFF);
  if (!ssrc || value.empty()) return bad("ssrc");
  const std::string_view attribute = take_until(value, ':');
  return append(media.ssrcs,
                SsrcAttribute{static_cast<std::uint32_t>(*ssrc), std::string(attribute), std::string(value)});
}

Applied apply_ssrc_group(MediaDescription& media, std::string_view value) {
  const std::vector<std::string_view> words = words_of(value);
  if (words.empty() || words.size() > kMaxListed) return bad("ssrc-group");
  SsrcGroup group{std::string(words[0]), {}};
  for (const std::string_view word : std::span(words).subspan(1)) {
    const auto ssrc = parse_decimal(word, 0xFFFFFFFF);
    if (!ssrc) return bad("ssrc-group");
    group.ssrcs.push_back(static_cast<std::uint32_t>(*ssrc));
  }
  return append(media.ssrc_groups, std::move(group));
}

Applied apply_candidate(MediaDescription& media, std::string_view value) {
  return append(media.candidates, "candidate:" + std::string(value));
}

constexpr std::array kEitherLevel = {
    Row{"ice-ufrag", apply_ufrag},
    Row{"ice-pwd", apply_pwd},
    Row{"ice-options", apply_ice_options},
    Row{"fingerprint", apply_fingerprint},
    Row{"setup", apply_setup},
    Row{"extmap", apply_extmap},
    Row{"end-of-candidates", apply_flag<&MediaDescription::end_of_candidates>},
    Row{"rtcp-xr", apply_rtcp_xr},
    Row{"sendrecv", apply_direction<Direction::kSendRecv>},
    Row{"sendonly", apply_direction<Direction::kSendOnly>},
    Row{"recvonly", apply_direction<Direction::kRecvOnly>},
    Row{"inactive", apply_direction<Direction::kInactive>},
};
constexpr std::array kMediaLevel = {
    Row{"mid", apply_mid},
    Row{"rtpmap", apply_rtpmap},
    Row{"fmtp", apply_fmtp},
    Row{"rtcp-fb", apply_rtcp_fb},
    Row{"rtcp-mux", apply_flag<&MediaDescription::rtcp_mux>},
    Row{"rtcp-rsize", apply_flag<&MediaDescription::rtcp_rsize>},
    Row{"bundle-only", apply_flag<&MediaDescription::bundle_only>},
    Row{"msid", apply_msid},
    Row{"ssrc", apply_ssrc},
    Row{"ssrc-group", apply_ssrc_group},
    Row{"candidate", apply_candidate},
};

Applied apply_row(std::span<const Row> rows, MediaDescription& media, std::string_view name, std::string_view value) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.name == name; });
  return row == rows.end() ? Applied() : row->apply(media, value);
}

Applied apply_group(SessionDescription& session, std::string_view value) {
  const std::vector<std::string_view> words = words_of(value);
  if (words.empty() || words[0] != "BUNDLE") return {};
  return append(session.bundles, std::vector<std::string>(words.begin() + 1, words.end()));
}

}  // namespace

Result<void> apply_session_attribute(SessionDescription& session, MediaDescription& defaults, std::string_view text) {
  const std::string_view name = take_until(text, ':');
  if (name == "group") return apply_group(session, text);
  if (name == "ice-lite") session.ice_lite = true;
  return apply_row(kEitherLevel, defaults, name, text);
}

Result<void> apply_media_attribute(MediaDescription& media, std::string_view text) {
  const std::string_view name = take_until(text, ':');
  if (auto applied = apply_row(kEitherLevel, media, name, text); !applied) return applied;
  return apply_row(kMediaLevel, media, name, text);
}

Format* find_format(MediaDescription& media, std::string_view payload_type) {
  const auto number = parse_decimal(payload_type, 127);
  const auto format = std::find_if(media.formats.begin(), media.formats.end(),
                                   [&](const Format& one) { return number && one.payload_type == *number; });
  return format == media.formats.end() ? nullptr : &*format;
}

const char* to_string(Direction direction) {
  switch (direction) {
    case Direction::kSendRecv: return "sendrecv";
    case Direction::kSendOnly: return "sendonly";
    case Direction::kRecvOnly: return "recvonly";
    case Direction::kInactive: return "inactive";
  }
  return "inactive";
}

const char* to_string(Setup setup) {
  switch (setup) {
    case Setup::kActPass: return "actpass";
    case Setup::kActive: return "active";
    case Setup::kPassive: return "passive";
    case Setup::kHoldConn: return "holdconn";
  }
  return "holdconn";
}

}  // namespace perch::signaling::sdp
