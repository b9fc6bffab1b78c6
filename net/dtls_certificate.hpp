// The camera's self-signed P-256 certificate, by whose fingerprint viewers know it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "hal/base/bytes.hpp"
#include "hal/base/random.hpp"
#include "hal/base/result.hpp"
#include "hal/base/time.hpp"
#include "net/fingerprint.hpp"

namespace perch::net {

/// Certificate and private key. Immutable, so any thread may read; transports borrow it and must not outlive it.
class DtlsCertificate {
 public:
  /// A new key pair and a certificate valid from a day before `unix_now` for ten years. `unix_now` is CLOCK_REALTIME;
  /// a board without a set clock does no harm, because peers check the fingerprint and not the dates.
  [[nodiscard]] static Result<DtlsCertificate> generate(Random& random, nanoseconds unix_now);
  /// Reads what to_pem() wrote. kInvalid when a part is missing or damaged, or key and certificate do not belong
  /// together; kUnavailable when it expires within 30 days of `unix_now`.
  [[nodiscard]] static Result<DtlsCertificate> from_pem(std::string_view pem, Random& random, nanoseconds unix_now);

  DtlsCertificate(DtlsCertificate&&) noexcept;
  DtlsCertificate& operator=(DtlsCertificate&&) noexcept;
  ~DtlsCertificate();

  /// Private key (SEC 1) and certificate. Secret.
  [[nodiscard]] Result<std::string> to_pem() const;
  [[nodiscard]] const Fingerprint& fingerprint() const { return fingerprint_; }
  /// The certificate alone, as it goes over the wire.
  [[nodiscard]] ByteView der() const;

  struct Native;  ///< mbedTLS structures, for net/dtls_*.cpp
  [[nodiscard]] Native& native() const { return *native_; }

 private:
  DtlsCertificate();
  std::unique_ptr<Native> native_;
  Fingerprint fingerprint_;
};

}  // namespace perch::net
