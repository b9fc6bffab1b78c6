#include "signaling/sealing/aead.hpp"

#include <mbedtls/chacha20.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/poly1305.h>

#include <array>
#include <cstdlib>
#include <new>

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

using Tag = std::array<std::uint8_t, kTagSize>;

/// The tag of RFC 8439 §2.8, over what was received. Deciphering takes three times as long, and most of what somebody
/// forged is looked at twice, under either epoch.
class TagMaker {
 public:
  TagMaker(const SecretKey& key, const Nonce& nonce) {
    constexpr std::array<std::uint8_t, SecretKey::kSize> kZeros{};
    std::array<std::uint8_t, SecretKey::kSize> once{};  // §2.6: the first half of the key stream's block 0
    mbedtls_poly1305_init(&context_);
    check(mbedtls_chacha20_crypt(key.bytes().data(), nonce.data(), 0, once.size(), kZeros.data(), once.data()));
    check(mbedtls_poly1305_starts(&context_, once.data()));
    mbedtls_platform_zeroize(once.data(), once.size());
  }
  ~TagMaker() { mbedtls_poly1305_free(&context_); }
  TagMaker(const TagMaker&) = delete;
  TagMaker& operator=(const TagMaker&) = delete;

  [[nodiscard]] Tag make(ByteView additional, ByteView ciphertext) {
    add_padded(additional);
    add_padded(ciphertext);
    add_length(additional.size());
    add_length(ciphertext.size());
    Tag tag{};
    check(mbedtls_poly1305_finish(&context_, tag.data()));
    return tag;
  }

 private:
  /// Takes any bytes: it fails only where the library was built without it.
  static void check(int failed) {
    if (failed != 0) std::abort();
  }
  void add(ByteView bytes) { check(mbedtls_poly1305_update(&context_, bytes.data(), bytes.size())); }
  void add_padded(ByteView bytes) {
    constexpr std::array<std::uint8_t, 16> kZeros{};
    add(bytes);
    add(ByteView(kZeros).first((16 - bytes.size() % 16) % 16));
  }
  void add_length(std::uint64_t length) {
    std::array<std::uint8_t, 8> little_endian{};
    for (std::uint8_t& byte : little_endian) byte = static_cast<std::uint8_t>(length & 0xFF), length >>= 8;
    add(little_endian);
  }

  mbedtls_poly1305_context context_{};
};

/// In a time that does not tell where they differ.
bool same(const Tag& tag, ByteView other) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < tag.size(); ++i) difference |= static_cast<unsigned>(tag[i] ^ other[i]);
  return difference == 0;
}

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
  if (failed == MBEDTLS_ERR_MD_ALLOC_FAILED) throw std::bad_alloc();
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
  const ByteView aad = as_bytes(additional_data), text = sealed.first(sealed.size() - kTagSize);
  if (!same(TagMaker(key, nonce).make(aad, text), sealed.last(kTagSize))) return std::nullopt;
  ChaChaPoly cipher(key);
  std::string out(text.size(), '\0');
  const int failed = mbedtls_chachapoly_auth_decrypt(cipher.native(), text.size(), nonce.data(), aad.data(), aad.size(),
                                                     sealed.data() + text.size(), text.data(),
                                                     reinterpret_cast<unsigned char*>(out.data()));
  if (failed != 0) return std::nullopt;
  return out;
}

}  // namespace perch::signaling
