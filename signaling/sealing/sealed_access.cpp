#include "signaling/sealing/sealed_access.hpp"

#include "hal/base/text.hpp"
#include "signaling/json_writer.hpp"
#include "signaling/messages.hpp"
#include "signaling/sealing/aead.hpp"
#include "signaling/sealing/sealed_envelope.hpp"

namespace perch::signaling {
namespace {

/// What a message is bound to: where it belongs, and when.
std::string additional_data(const MessageAddress& address, const char* way, std::string_view epoch) {
  return message_path(address.camera, way, address.key, address.kind) + '|' + std::string(epoch);
}

tl::unexpected<Error> unauthorized() { return fail(Errc::kUnauthorized, "the message is not from an invited viewer"); }

}  // namespace

Result<std::string> SealedAccess::open(const MessageAddress& from, const Epochs& epochs, ByteView payload) {
  const SecretKey* viewer_key = ring_.key_of(from.key.viewer);
  if (viewer_key == nullptr || payload.size() > kMaxSealedBytes) return unauthorized();  // before any parsing
  const auto envelope = parse_sealed_envelope(as_text(payload));
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
