// One DTLS 1.2 association without sockets or clocks: datagrams and time in, datagrams and SRTP keys out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/random.hpp"
#include "hal/base/result.hpp"
#include "hal/base/time.hpp"
#include "net/dtls_certificate.hpp"
#include "net/fingerprint.hpp"
#include "net/srtp_keys.hpp"

namespace perch::net {

/// RFC 5763 §5: client is a=setup:active, server is passive.
enum class DtlsRole { kClient, kServer };

/// Decides when the peer is who its SDP said (fingerprint) and hands out SRTP keys. Leaves routing and SRTP to others.
/// Single thread (net). Certificate and Random are borrowed and must outlive the transport.
class DtlsTransport {
 public:
  struct Connected {
    SrtpKeys keys;
  };
  struct Failed {
    std::string reason;
  };
  struct Closed {};  ///< the peer ended the association
  using Event = std::variant<Connected, Failed, Closed>;

  /// `fingerprints`: any of them may match; at least one. kInvalid when there is none.
  [[nodiscard]] static Result<DtlsTransport> create(DtlsRole role, const DtlsCertificate& certificate,
                                                    std::vector<Fingerprint> fingerprints, Random& random);
  DtlsTransport(DtlsTransport&&) noexcept;
  DtlsTransport& operator=(DtlsTransport&&) noexcept;
  ~DtlsTransport();

  /// The path to the peer stands: a client sends its first flight. Before this, a server may already get datagrams.
  void start(TimePoint now);
  /// One datagram whose first byte is 20..63 (RFC 7983). Never fails: what does not belong is dropped by DTLS.
  void on_datagram(TimePoint now, ByteView datagram);
  void on_deadline(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;
  /// Drain until empty after every other call.
  [[nodiscard]] std::optional<Bytes> next_datagram();
  [[nodiscard]] std::optional<Event> next_event();
  /// Sends close_notify when connected. No event follows.
  void close(TimePoint now);

 private:
  struct Native;
  explicit DtlsTransport(std::unique_ptr<Native> native);
  std::unique_ptr<Native> native_;
};

}  // namespace perch::net
