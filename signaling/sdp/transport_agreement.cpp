// See agreement.hpp: which sections share the transport, and whom we will talk to over it.
#include <algorithm>

#include "signaling/sdp/agreement.hpp"
#include "signaling/sdp/candidate.hpp"

namespace perch::signaling::sdp {
namespace {

using Mids = std::vector<std::string>;

bool contains(const Mids& mids, const std::string& mid) {
  return std::find(mids.begin(), mids.end(), mid) != mids.end();
}

void reject(NegotiatedMedia& media, const char* why) {
  media.accepted = false;
  media.rejection = Error{Errc::kUnsupported, why, 0};
}

/// The section that decides: the first accepted video, else the first accepted one.
NegotiatedMedia* primary_of(std::vector<NegotiatedMedia>& media) {
  NegotiatedMedia* first = nullptr;
  for (NegotiatedMedia& one : media) {
    if (one.accepted && one.kind == "video") return &one;
    if (one.accepted && first == nullptr) first = &one;
  }
  return first;
}

const Error& reason_for_nothing(const std::vector<NegotiatedMedia>& media) {
  const auto video = std::find_if(media.begin(), media.end(), [](const auto& one) { return one.kind == "video"; });
  return video == media.end() ? media.front().rejection : video->rejection;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::vector<std::string> usable_candidates(const std::vector<std::string>& candidates) {
  std::vector<std::string> usable = candidates;
  std::erase_if(usable, [](const std::string& text) { return !parse_candidate(text); });
  return usable;
}

/// RFC 9143 §7.3.3: a section without a transport of its own shares that of the first in its bundle.
const MediaDescription& section_with_transport(const SessionDescription& remote, std::size_t index) {
  const MediaDescription& own = remote.media[index];
  if (!own.ice_ufrag.empty()) return own;
  for (const Mids& mids : remote.bundles) {
    if (mids.empty() || !contains(mids, own.mid)) continue;
    for (const MediaDescription& one : remote.media) {
      if (one.mid == mids.front()) return one;
    }
  }
  return own;
}

}  // namespace

std::optional<Sha256> parse_sha256(std::string_view text) {
  Sha256 digest{};
  if (text.size() != digest.size() * 3 - 1) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = hex_digit(text[3 * i]);
    const int low = hex_digit(text[3 * i + 1]);
    if (high < 0 || low < 0 || (i > 0 && text[3 * i - 1] != ':')) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return digest;
}

Result<std::size_t> keep_one_bundle(std::vector<NegotiatedMedia>& media, const std::vector<Mids>& bundles) {
  if (media.empty()) return fail(Errc::kInvalid, "the description has no media");
  NegotiatedMedia* primary = primary_of(media);
  if (primary == nullptr) return fail(reason_for_nothing(media));
  const auto bundle =
      std::find_if(bundles.begin(), bundles.end(), [&](const Mids& mids) { return contains(mids, primary->mid); });
  for (NegotiatedMedia& one : media) {
    if (!one.accepted || &one == primary) continue;
    if (one.kind == primary->kind)
      reject(one, "one stream of a kind is all there is");
    else if (bundle == bundles.end() || !contains(*bundle, one.mid))
      reject(one, "not in the same bundle");
  }
  bool audio_taken = false;
  for (NegotiatedMedia& one : media) {
    if (!one.accepted || one.kind != "audio") continue;
    if (audio_taken) reject(one, "one stream of a kind is all there is");
    audio_taken = true;
  }
  return static_cast<std::size_t>(primary - media.data());
}

Result<RemoteTransport> agree_on_transport(const SessionDescription& remote, std::size_t index) {
  const MediaDescription& section = section_with_transport(remote, index);
  if (section.ice_ufrag.empty() || section.ice_pwd.empty()) return fail(Errc::kInvalid, "no ICE credentials");
  RemoteTransport transport{section.ice_ufrag, section.ice_pwd, section.trickle, remote.ice_lite, {}, {}, false};
  for (const Fingerprint& one : section.fingerprints) {
    if (one.algorithm != "sha-256") continue;  // RFC 8122 §5: others may stand beside it
    const auto digest = parse_sha256(one.value);
    if (!digest) return fail(Errc::kInvalid, "a=fingerprint:sha-256 makes no sense");
    transport.fingerprints.push_back(*digest);
  }
  if (transport.fingerprints.empty()) return fail(Errc::kInvalid, "no sha-256 fingerprint");
  transport.candidates = usable_candidates(section.candidates);
  transport.end_of_candidates = section.end_of_candidates;
  return transport;
}

const NegotiatedMedia* NegotiatedSession::accepted(std::string_view kind) const {
  const auto found =
      std::find_if(media.begin(), media.end(), [&](const auto& one) { return one.accepted && one.kind == kind; });
  return found == media.end() ? nullptr : &*found;
}

Change compare(const NegotiatedSession& before, const NegotiatedSession& after) {
  return {before.remote.ice_ufrag != after.remote.ice_ufrag || before.remote.ice_pwd != after.remote.ice_pwd,
          before.remote.fingerprints != after.remote.fingerprints || before.dtls_role != after.dtls_role};
}

}  // namespace perch::signaling::sdp
