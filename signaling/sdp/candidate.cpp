// See candidate.hpp.
#include "signaling/sdp/candidate.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "hal/base/text.hpp"
#include "signaling/sdp/lines.hpp"

namespace perch::signaling::sdp {
namespace {

constexpr std::size_t kMaxCandidateBytes = 512;

bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

std::optional<CandidateType> type_from(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, CandidateType>, 4> kTypes = {
      {{"host", CandidateType::kHost},
       {"srflx", CandidateType::kServerReflexive},
       {"prflx", CandidateType::kPeerReflexive},
       {"relay", CandidateType::kRelayed}}};
  for (const auto& [name, type] : kTypes) {
    if (word == name) return type;
  }
  return std::nullopt;
}

/// Loopback stays allowed: tests and viewers on the board itself use it, and ICE checks prove consent anyway.
bool is_usable_ipv4(const in_addr& address) {
  const std::uint32_t value = ntohl(address.s_addr);
  const std::uint32_t first = value >> 24;
  return first != 0 &&
         first < 224;  // RFC 1122 §3.2.1.3: 0/8 is "this network"; 224/4 multicast, 240/4 reserved, broadcast
}

bool is_usable_ipv6(const in6_addr& address) {
  if (IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_MULTICAST(&address)) return false;
  return !IN6_IS_ADDR_V4MAPPED(&address) && !IN6_IS_ADDR_V4COMPAT(&address);  // RFC 8445 §5.1.1.1
}

/// RFC 8828 hides addresses behind names like 0b7a….local.
bool is_mdns_name(std::string_view text) {
  constexpr std::string_view kSuffix = ".local";
  if (!text.ends_with(kSuffix) || text.size() == kSuffix.size() || text.size() > 253) return false;
  text.remove_suffix(kSuffix.size());
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_usable_address(const std::string& text) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return is_usable_ipv4(v4);
  if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) return is_usable_ipv6(v6);
  return is_mdns_name(text);
}

/// RFC 6544 §4.5. Browsers connect, and never listen: who names a place to connect to may mean a third party, where one
/// connection made in our name is already too much. `extensions`: the words after the type, name and value in turn.
bool only_connects(const std::vector<std::string_view>& extensions) {
  int said = 0;
  for (std::size_t i = 0; i < extensions.size(); ++i) {
    if (extensions[i] != "tcptype") continue;
    if (i % 2 != 0 || i + 1 == extensions.size() || extensions[i + 1] != "active") return false;
    ++said;
  }
  return said == 1;
}

Result<Candidate> check_usable(Candidate candidate) {
  if (candidate.component != 1) return fail(Errc::kUnsupported, "only RTP's component: RTCP is muxed");
  if (candidate.port == 0) return fail(Errc::kUnsupported, "candidate with port 0");
  if (!is_usable_address(candidate.address)) return fail(Errc::kUnsupported, "candidate with an unusable address");
  return candidate;
}

}  // namespace

Result<Candidate> parse_candidate(std::string_view text) {
  constexpr std::string_view kName = "candidate:";
  if (text.starts_with("a=")) text.remove_prefix(2);
  // RFC 8839 §5.1 has single spaces between the words, and the ICE agent counts them.
  const bool plausible = text.size() <= kMaxCandidateBytes && std::all_of(text.begin(), text.end(), is_printable) &&
                         text.find("  ") == std::string_view::npos;
  if (!plausible || !text.starts_with(kName)) return fail(Errc::kInvalid, "not a candidate");
  // foundation component transport priority address port "typ" type …
  const std::vector<std::string_view> words = words_of(text.substr(kName.size()));
  if (words.size() < 8 || words[6] != "typ" || words[0].size() > 32) return fail(Errc::kInvalid, "not a candidate");
  const auto component = parse_decimal(words[1], 256);
  const auto priority = parse_decimal(words[3], 0x7FFFFFFF);
  const auto port = parse_decimal(words[5], 65535);
  const auto type = type_from(words[7]);
  if (!component || !priority || !port || !type) return fail(Errc::kInvalid, "not a candidate");
  const bool udp = equals_ignoring_case(words[2], "udp");
  if (!udp && !equals_ignoring_case(words[2], "tcp")) return fail(Errc::kUnsupported, "neither UDP nor TCP");
  if (!udp && !only_connects({words.begin() + 8, words.end()}))
    return fail(Errc::kUnsupported, "a TCP candidate that waits to be connected to");
  return check_usable({std::string(words[0]), static_cast<std::uint16_t>(*component),
                       udp ? CandidateTransport::kUdp : CandidateTransport::kTcp, static_cast<std::uint32_t>(*priority),
                       std::string(words[4]), static_cast<std::uint16_t>(*port), *type});
}

}  // namespace perch::signaling::sdp
