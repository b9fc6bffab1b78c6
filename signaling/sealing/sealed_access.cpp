#include "signaling/sealing/sealed_access.hpp"

#include "hal/base/text.hpp"
#include "signaling/json.hpp"
#include "signaling/json_writer.hpp"
#include "signaling/messages.hpp"
#include "signaling/sealing/aead.hpp"

namespace perch::signaling {
namespace {

struct Envelope {
  Nonce nonce{};
  Bytes sealed;
};

/// What JSON costs depends on how much it holds more than on its length: 28 KiB of short lists take 0.4 ms, of one
/// string a twentieth. Each value beyond the first of its list needs a comma, and lists nest 8 deep at most.
bool holds_little(std::string_view json) {
  constexpr int kMost = 64;
  int found = 0;
  for (const char mark : {',', '\\'}) {
    for (std::size_t at = json.find(mark); at != std::string_view::npos; at = json.find(mark, at + 1))
      if (++found > kMost) return false;
  }
  return true;
}

/// `{"v":1,"n":"…","c":"…"}`
std::optional<Envelope> parse_envelope(std::string_view payload) {
  if (!holds_little(payload)) return std::nullopt;
  const auto document = JsonDocument::parse(payload);
  if (!document) return std::nullopt;
  const auto member = [&](const char* name) {
    const auto value = document->root().member(name);
    const auto text = value ? value->as_text() : std::nullopt;
    return text ? base64url_decode(*text) : std::nullopt;
  };
  const auto version = document->root().member("v");
  auto nonce = member("n"), sealed = member("c");
  const bool known = version && version->as_unsigned(kProtocolVersion) == kProtocolVersion;
  Envelope envelope;
  if (!known || !nonce || nonce->size() != envelope.nonce.size() || !sealed) return std::nullopt;
  std::copy(nonce->begin(), nonce->end(), envelope.nonce.begin());
  envelope.sealed = std::move(*sealed);
  return envelope;
}

/// What a message is bound to: where it belongs, and when.
std::string additional_data(const MessageAddress& address, const char* way, std::string_view epoch) {
  return message_path(address.camera, way, address.key, address.kind) + '|' + std::string(epoch);
}

tl::unexpected<Error> unauthorized() { return fail(Errc::kUnauthorized, "the message is not from an invited viewer"); }

}  // namespace

Result<std::string> SealedAccess::open(const MessageAddress& from, const Epochs& epochs, ByteView payload) {
  const SecretKey* viewer_key = ring_.key_of(from.key.viewer);
  if (viewer_key == nullptr || payload.size() > kMaxSealedBytes) return unauthorized();  // before any parsing
  const auto envelope = parse_envelope(as_text(payload));
  if (!envelope) return unauthorized();
  const SecretKey key = derive_key(*viewer_key, from.key.session, Way::kToCamera);
  for (const std::string_view epoch : {epochs.current, epochs.previous}) {
    if (epoch.empty()) continue;
    auto body = signaling::open(key, envelope->nonce, additional_data(from, "in", epoch), envelope->sealed);
    if (body) return std::move(*body);
  }
  return unauthorized();
}

Result<std::string> SealedAccess::seal(const MessageAddress& to, const Epochs& epochs, std::string body) {
  const SecretKey* viewer_key = ring_.key_of(to.key.viewer);
  if (viewer_key == nullptr) return unauthorized();  // revoked in the meantime
  Nonce nonce{};
  random_.fill(nonce);
  const SecretKey key = derive_key(*viewer_key, to.key.session, Way::kToViewer);
  const Bytes sealed = signaling::seal(key, nonce, additional_data(to, "to", epochs.current), body);
  JsonWriter out;
  out.begin_object().member("v", kProtocolVersion).member("n", base64url_encode(nonce));
  return out.member("c", base64url_encode(sealed)).end_object().take();
}

}  // namespace perch::signaling
