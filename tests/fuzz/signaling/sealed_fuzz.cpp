// Any bytes where a sealed message is expected: nothing opens that was not sealed by the named viewer, and what was
// sealed opens for its own address alone. Input: the topic's kind as a length byte and letters, then the payload.
#include "hal/base/bytes.hpp"
#include "hal/base/text.hpp"
#include "signaling/json_writer.hpp"
#include "signaling/messages.hpp"
#include "signaling/sealing/aead.hpp"
#include "signaling/sealing/sealed_access.hpp"
#include "tests/fuzz/signaling/require.hpp"

namespace {

using namespace perch;
using namespace perch::signaling;

class OneViewer final : public KeyRing {
 public:
  [[nodiscard]] const SecretKey* key_of(std::string_view viewer) const override {
    return viewer == "phone" ? &key_ : nullptr;
  }
  [[nodiscard]] Rights rights_of(std::string_view) const override { return {}; }

 private:
  SecretKey key_{{1, 2, 3}};
};

/// The envelope as the viewer's side makes it.
std::string sealed_by_viewer(const MessageAddress& address, std::string_view epoch, std::string_view body) {
  const Nonce nonce{7};
  const SecretKey key = derive_key(*OneViewer().key_of("phone"), address.key.session, Way::kToCamera);
  const std::string bound = message_path(address.camera, "in", address.key, address.kind) + '|' + std::string(epoch);
  JsonWriter out;
  out.begin_object().member("v", kProtocolVersion).member("n", base64url_encode(nonce));
  return out.member("c", base64url_encode(seal(key, nonce, bound, body))).end_object().take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const OneViewer ring;
  static SeededRandom random(1);
  static SealedAccess access(ring, random);
  static const Epochs epochs{"current-epoch", "previous-epoch"};
  ByteReader in({data, size});
  const std::size_t kind_size = in.u8() % 16;
  const std::string kind(as_text(in.view(std::min(kind_size, in.remaining()))));
  const ByteView payload = in.view(in.remaining());
  const SessionKey key{"phone", "ZGVmZ2hpamtsbW5vcHFycw"}, stranger{"tablet", key.session};
  PERCH_REQUIRE(!access.open({"cam", key, kind}, epochs, payload));
  PERCH_REQUIRE(!access.open({"cam", stranger, kind}, epochs, payload));
  if (payload.size() > 4096) return 0;  // the cipher is the library's; its speed need not be searched
  std::string sealed = sealed_by_viewer({"cam", key, kind}, epochs.previous, as_text(payload));
  const auto opened = access.open({"cam", key, kind}, epochs, as_bytes(sealed));
  PERCH_REQUIRE(opened && as_bytes(*opened).size() == payload.size() && *opened == as_text(payload));
  PERCH_REQUIRE(!access.open({"cam", key, kind + 'x'}, epochs, as_bytes(sealed)));
  PERCH_REQUIRE(!access.open({"cam", stranger, kind}, epochs, as_bytes(sealed)));
  return 0;
}
