#include "signaling/sealing/aead.hpp"

#include <mbedtls/chachapoly.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>

#include <cstdlib>

#include "hal/base/text.hpp"

namespace perch::signaling {
namespace {

/// One use of the cipher; wipes itself.
class ChaChaPoly {
 public:
  explicit ChaChaPoly(const SecretKey& key) {
    mbedtls_chachapoly_init(&context_);
    if (mbedtls_chachapoly_setkey(&context_, key.bytes().data()) != 0) std::abort();  // takes any 32 bytes
  }
  ~ChaChaPoly() { mbedtls_chachapoly_free(&context_); }
  ChaChaPoly(const ChaChaPoly&) = delete;
  ChaChaPoly& operator=(const ChaChaPoly&) = delete;
  [[nodiscard]] mbedtls_chachapoly_context* native() { return &context_; }

 private:
  mbedtls_chachapoly_context context_{};
};

}  // namespace

std::optional<SecretKey> SecretKey::from_text(std::string_view text) {
  auto bytes = base64url_decode(text);
  if (!bytes || bytes->size() != kSize) return std::nullopt;
  SecretKey key;
  std::copy(bytes->begin(), bytes->end(), key.bytes_.begin());
  mbedtls_platform_zeroize(bytes->data(), bytes->size());
  return key;
}

void SecretKey::wipe() { mbedtls_platform_zeroize(bytes_.data(), bytes_.size()); }

SecretKey derive_key(const SecretKey& viewer_key, std::string_view session, Way way) {
  const std::string_view info = way == Way::kToCamera ? "perch v1 in" : "perch v1 to";
  const ByteView salt = as_bytes(session), label = as_bytes(info);
  SecretKey out;
  const int failed =
      mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt.data(), salt.size(), viewer_key.bytes().data(),
                   SecretKey::kSize, label.data(), label.size(), out.bytes().data(), SecretKey::kSize);
  if (failed != 0) std::abort();  // only for a digest the library lacks; never go on with a key of zeros
  return out;
}

Bytes seal(const SecretKey& key, const Nonce& nonce, std::string_view additional_data, std::string_view plaintext) {
  ChaChaPoly cipher(key);
  const ByteView aad = as_bytes(additional_data), plain = as_bytes(plaintext);
  Bytes out(plaintext.size() + kTagSize);
  const int failed =
      mbedtls_chachapoly_encrypt_and_tag(cipher.native(), plain.size(), nonce.data(), aad.data(), aad.size(),
                                         plain.data(), out.data(), out.data() + plaintext.size());
  if (failed != 0) std::abort();
  return out;
}

std::optional<std::string> open(const SecretKey& key, const Nonce& nonce, std::string_view additional_data,
                                ByteView sealed) {
  if (sealed.size() < kTagSize) return std::nullopt;
  ChaChaPoly cipher(key);
  const ByteView aad = as_bytes(additional_data), text = sealed.first(sealed.size() - kTagSize);
  std::string out(text.size(), '\0');
  const int failed = mbedtls_chachapoly_auth_decrypt(cipher.native(), text.size(), nonce.data(), aad.data(), aad.size(),
                                                     sealed.data() + text.size(), text.data(),
                                                     reinterpret_cast<unsigned char*>(out.data()));
  if (failed != 0) return std::nullopt;
  return out;
}

}  // namespace perch::signaling
