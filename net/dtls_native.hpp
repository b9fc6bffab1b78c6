// mbedTLS details that the dtls_*.cpp files share and nobody else sees.
#pragma once

#include <string>

#include "hal/base/random.hpp"
#include "hal/base/result.hpp"
#include "net/dtls_certificate.hpp"
#include "net/mbedtls_compat.hpp"

namespace perch::net {

struct DtlsCertificate::Native {
  Native() {
    mbedtls_x509_crt_init(&certificate);
    mbedtls_pk_init(&key);
  }
  ~Native() {
    mbedtls_x509_crt_free(&certificate);
    mbedtls_pk_free(&key);
  }
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;

  mbedtls_x509_crt certificate;
  mbedtls_pk_context key;
};

/// Hands our injected randomness to mbedTLS; `context` is a Random.
inline int random_for_mbedtls(void* context, unsigned char* out, std::size_t size) {
  static_cast<Random*>(context)->fill({out, size});
  return 0;
}

/// The library's own words for one of its codes.
[[nodiscard]] inline std::string mbedtls_text(int code) {
  char text[128] = "";
  mbedtls_strerror(code, text, sizeof text);
  return text;
}

[[nodiscard]] inline tl::unexpected<Error> fail_mbedtls(Errc code, const char* what, int error) {
  return fail(code, std::string(what) + ": " + mbedtls_text(error));
}

/// SHA-256 over a DER certificate.
[[nodiscard]] Fingerprint fingerprint_of(ByteView der);

}  // namespace perch::net
