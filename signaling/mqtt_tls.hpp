// TLS towards the broker: what to present, whom to trust, and in plain words why a handshake failed.
#pragma once

#include <ctime>
#include <memory>
#include <string>

#include "hal/base/result.hpp"

struct ssl_ctx_st;  // openssl/ssl.h stays out of headers

namespace perch::signaling {

/// Paths of PEM files, or a shared key instead of certificates.
struct MqttTls {
  std::string ca_file;    ///< empty: the system's store
  std::string cert_file;  ///< ours, where the broker wants one
  std::string key_file;
  std::string psk_identity;
  std::string psk_hex;  ///< not empty: a shared key is what counts
};

/// What to add to a complaint about a certificate's dates. Boards without a battery wake up in 1970, where none is
/// valid.
[[nodiscard]] std::string clock_words(std::time_t now);

/// OpenSSL clears itself away in an exit handler of its own, also under the feet of a thread that still connects.
/// Called before anything else of it, this keeps it whole: the kernel clears away the rest.
void keep_tls_until_the_end();

/// Made for one attempt to connect; outlives the client that uses it. Whoever runs the client may ask.
class TlsContext {
 public:
  /// Trusts nobody but an authority of `tls`, and only under the name `host` (a name or an address); TLS 1.2 or later.
  /// There is no way to leave a check out. Errors: a file that cannot be used, with its path.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> create(const MqttTls& tls, const std::string& host);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// An SSL_CTX for libmosquitto, which takes it as it is.
  [[nodiscard]] ssl_ctx_st* native() const { return context_; }
  /// "the broker's certificate has expired"; empty while no handshake failed.
  [[nodiscard]] const std::string& trouble() const;

 private:
  struct State;
  explicit TlsContext(ssl_ctx_st* context);
  [[nodiscard]] Result<void> set_certificates(const MqttTls& tls, const std::string& host);
  void set_shared_key(const MqttTls& tls);

  ssl_ctx_st* context_;
  std::unique_ptr<State> state_;
};

}  // namespace perch::signaling
