// The viewer's half of sealed signaling, and a ring of invitations that tests may change.
#pragma once

#include <map>
#include <string>

#include "hal/base/text.hpp"
#include "signaling/json.hpp"
#include "signaling/sealing/aead.hpp"
#include "signaling/sealing/key_ring.hpp"
#include "signaling/topics.hpp"

namespace perch::signaling::test {

/// A key that is as good as any.
inline SecretKey key_number(std::uint8_t n) {
  std::array<std::uint8_t, SecretKey::kSize> bytes{};
  bytes.fill(n);
  return SecretKey(bytes);
}

class TestRing final : public KeyRing {
 public:
  [[nodiscard]] const SecretKey* key_of(std::string_view viewer) const override {
    const auto found = keys.find(std::string(viewer));
    return found == keys.end() ? nullptr : &found->second;
  }
  [[nodiscard]] Rights rights_of(std::string_view viewer) const override {
    return key_of(viewer) != nullptr ? rights : Rights{};
  }
  std::map<std::string, SecretKey> keys;
  Rights rights{true, true, true, true};  ///< of everybody in it
};

/// `{"v":1,"n":…,"c":…}` of a body that viewer key `n` seals for `path` under `epoch`.
inline std::string sealed_for_camera(const SecretKey& viewer_key, const SessionKey& key, const std::string& path,
                                     std::string_view epoch, std::string_view body, Random& random) {
  Nonce nonce{};
  random.fill(nonce);
  const SecretKey derived = derive_key(viewer_key, key.session, Way::kToCamera);
  const Bytes sealed = seal(derived, nonce, path + '|' + std::string(epoch), body);
  return R"({"v":1,"n":")" + base64url_encode(nonce) + R"(","c":")" + base64url_encode(sealed) + R"("})";
}

/// What the camera said at `path`, or "" when it does not open.
inline std::string opened_by_viewer(const SecretKey& viewer_key, const SessionKey& key, const std::string& path,
                                    std::string_view epoch, const std::string& payload) {
  const auto document = JsonDocument::parse(payload);
  const auto member = [&](const char* name) {
    const auto value = document ? document->root().member(name) : std::nullopt;
    return value ? base64url_decode(value->as_text().value_or("")).value_or(Bytes{}) : Bytes{};
  };
  const Bytes nonce_bytes = member("n"), sealed = member("c");
  Nonce nonce{};
  if (nonce_bytes.size() != nonce.size()) return "";
  std::copy(nonce_bytes.begin(), nonce_bytes.end(), nonce.begin());
  const SecretKey derived = derive_key(viewer_key, key.session, Way::kToViewer);
  return open(derived, nonce, path + '|' + std::string(epoch), sealed).value_or("");
}

}  // namespace perch::signaling::test
