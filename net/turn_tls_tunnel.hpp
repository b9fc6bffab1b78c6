// TURN over TLS for libnice, which speaks TURN over plain TCP only: a port on loopback that leads to the server in TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "hal/base/event_loop.hpp"
#include "hal/base/result.hpp"
#include "net/ice_server.hpp"

namespace perch::net {

/// Lives on the loop's thread. Names are looked up, connections made and certificates checked (RFC 7443 §3.2: against
/// the server's name) without blocking it. Destroying closes every connection.
class TurnTlsTunnel {
 public:
  /// `ca_file`: PEM of the authorities to trust; empty: the system's. kUnsupported: GLib has no TLS here (Debian
  /// package glib-networking). kInvalid: the file holds no certificates.
  [[nodiscard]] static Result<std::unique_ptr<TurnTlsTunnel>> create(EventLoop& loop, const IceServer& server,
                                                                     const std::string& ca_file);
  ~TurnTlsTunnel();

  /// On 127.0.0.1.
  [[nodiscard]] std::uint16_t port() const;

 private:
  class Impl;
  explicit TurnTlsTunnel(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perch::net
