// Line by line through the description; what the session level says is handed down to m-sections that are silent.
#include "signaling/sdp/parser.hpp"

#include <algorithm>

#include "hal/base/text.hpp"
#include "signaling/sdp/attributes.hpp"
#include "signaling/sdp/lines.hpp"

namespace perch::signaling::sdp {
namespace {

Result<void> parse_origin(SessionDescription& session, std::string_view value) {
  const std::vector<std::string_view> words = words_of(value);  // RFC 8866 §5.2: six fields
  const auto id = words.size() == 6 ? parse_decimal(words[1], UINT64_MAX) : std::nullopt;
  const auto version = words.size() == 6 ? parse_decimal(words[2], UINT64_MAX) : std::nullopt;
  if (!id || !version) return fail(Errc::kInvalid, "o= makes no sense");
  session.session_id = words[1];
  session.session_version = *version;
  return {};
}

/// The <fmt> words. Payload types become formats, each number once.
Result<void> parse_targets(MediaDescription& media, const std::vector<std::string_view>& words) {
  const bool is_rtp = media.protocol.find("RTP/") != std::string::npos;
  for (auto word = words.begin() + 3; word != words.end(); ++word) {
    media.targets.emplace_back(*word);
    if (!is_rtp) continue;
    const auto payload_type = parse_decimal(*word, 127);  // RFC 3550 §5.1: 7 bits
    if (!payload_type) return fail(Errc::kInvalid, "a payload type of m= is not in 0 to 127");
    if (find_format(media, *word) != nullptr) return fail(Errc::kInvalid, "m= names a payload type twice");
    media.formats.emplace_back().payload_type = static_cast<std::uint8_t>(*payload_type);
  }
  return {};
}

Result<MediaDescription> parse_media_line(const MediaDescription& defaults, std::string_view value) {
  const std::vector<std::string_view> words = words_of(value);
  if (words.size() < 4) return fail(Errc::kInvalid, "m= needs media, port, protocol and formats");
  std::string_view ports = words[1];  // RFC 8866 §5.14: <port>/<number of ports>
  const auto port = parse_decimal(take_until(ports, '/'), 65535);
  if (!port) return fail(Errc::kInvalid, "the port of m= makes no sense");
  MediaDescription media;
  media.kind = words[0];
  media.port = static_cast<std::uint16_t>(*port);
  media.protocol = words[2];
  // RFC 8866 §6.7: a direction at session level is the default of every m-section
  media.direction = defaults.direction;
  if (auto parsed = parse_targets(media, words); !parsed) return fail(parsed.error());
  return media;
}

void inherit(MediaDescription& media, const MediaDescription& defaults) {
  const auto inherit_one = [](auto& own, const auto& general) {
    if (own == std::decay_t<decltype(own)>{}) own = general;
  };
  inherit_one(media.ice_ufrag, defaults.ice_ufrag);  // RFC 8839 §5.4
  inherit_one(media.ice_pwd, defaults.ice_pwd);
  inherit_one(media.trickle, defaults.trickle);
  inherit_one(media.end_of_candidates, defaults.end_of_candidates);
  inherit_one(media.fingerprints, defaults.fingerprints);  // RFC 8122 §5
  inherit_one(media.setup, defaults.setup);                // RFC 4145 §4
  inherit_one(media.rcvr_rtt, defaults.rcvr_rtt);
  inherit_one(media.extensions, defaults.extensions);  // RFC 8285 §6
}

class Parser {
 public:
  Result<void> take(const Line& line) {
    if (line.type == 'm') return begin_media(line.value);
    if (line.type == 'a') return attribute(line.value);
    if (line.type == 'o' && session_.media.empty()) return parse_origin(session_, line.value);
    return {};
  }

  Result<SessionDescription> finish() {
    std::size_t candidates = 0;
    for (MediaDescription& media : session_.media) {
      inherit(media, defaults_);
      candidates += media.candidates.size();
    }
    if (candidates > kMaxCandidatesInDescription) return fail(Errc::kTooLarge, "over 32 candidates");
    return std::move(session_);
  }

 private:
  Result<void> begin_media(std::string_view value) {
    if (session_.media.size() == kMaxMedia) return fail(Errc::kTooLarge, "over 32 m-sections");
    auto media = parse_media_line(defaults_, value);
    if (!media) return fail(media.error());
    session_.media.push_back(std::move(*media));
    return {};
  }

  Result<void> attribute(std::string_view text) {
    if (session_.media.empty()) return apply_session_attribute(session_, defaults_, text);
    return apply_media_attribute(session_.media.back(), text);
  }

  SessionDescription session_;
  MediaDescription defaults_;
};

bool has_unique_mids(const SessionDescription& session) {
  for (auto one = session.media.begin(); one != session.media.end(); ++one) {
    const auto same = [&](const MediaDescription& other) { return !one->mid.empty() && other.mid == one->mid; };
    if (std::any_of(one + 1, session.media.end(), same)) return false;
  }
  return true;
}

}  // namespace

Result<SessionDescription> parse(std::string_view text) {
  const auto lines = split_lines(text);
  if (!lines) return fail(lines.error());
  // RFC 8866 §5: v= comes first, then o=; t= is required too, but nothing here depends on it.
  const bool begins_well = lines->size() >= 2 && (*lines)[0].type == 'v' && (*lines)[1].type == 'o';
  if (!begins_well || (*lines)[0].value != "0") return fail(Errc::kInvalid, "the SDP does not begin with v=0 and o=");
  Parser parser;
  for (const Line& line : *lines) {
    if (auto taken = parser.take(line); !taken) return fail(taken.error());
  }
  auto session = parser.finish();
  if (session && !has_unique_mids(*session)) return fail(Errc::kInvalid, "two m-sections share a mid");
  return session;
}

const Format* MediaDescription::format(std::uint8_t payload_type) const {
  const auto found =
      std::find_if(formats.begin(), formats.end(), [&](const Format& one) { return one.payload_type == payload_type; });
  return found == formats.end() ? nullptr : &*found;
}

}  // namespace perch::signaling::sdp
