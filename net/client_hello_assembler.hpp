// Joins a ClientHello that arrives in fragments, because mbedTLS as a server cannot.
#pragma once

#include <optional>
#include <vector>

#include "hal/base/bytes.hpp"

namespace perch::net {

/// Stands between the network and a DTLS server. Browsers' hellos (post-quantum key shares) exceed one datagram, and
/// mbedTLS 2.28 gives a connection up for good when a ClientHello comes in pieces. Everything else passes unchanged.
class ClientHelloAssembler {
 public:
  /// What to hand to the DTLS library now; nothing while fragments are missing. The view is either `datagram` or our
  /// own buffer, valid until the next call.
  [[nodiscard]] std::optional<ByteView> on_datagram(ByteView datagram);

 private:
  struct Fragment;
  [[nodiscard]] static std::optional<Fragment> parse(ByteView datagram);
  void restart(const Fragment& fragment);
  void mark(std::size_t from, std::size_t to);
  [[nodiscard]] ByteView whole_record(const Fragment& last);

  Bytes record_;               // record and handshake headers, then the body
  std::vector<bool> present_;  // per byte of the body
  std::size_t missing_ = 0;    // [bytes]
  std::uint16_t message_seq_ = 0;
};

}  // namespace perch::net
