// The edge to the network of one viewer: libnice finds a path (RFC 8445) and carries datagrams over it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/event_loop.hpp"
#include "hal/base/result.hpp"
#include "net/ice_server.hpp"

namespace perch::net {

namespace mdns {
class Client;
}

/// RFC 8445 §5.3: ufrag of at least 4, pwd of at least 22 ice-chars.
struct IceCredentials {
  std::string ufrag;
  std::string pwd;
};

struct IceConfig {
  std::vector<IceServer> servers;
  /// Only these addresses of ours are offered; empty: every interface libnice finds (it leaves out loopback, docker*,
  /// veth*, virbr* and vnet*).
  std::vector<std::string> local_addresses;
  std::string turn_secret;   ///< for servers without credentials of their own; see turn_credentials.hpp
  std::string ca_file;       ///< authorities that vouch for turns: servers (PEM); empty: the system's
  bool force_relay = false;  ///< offer relayed candidates only: nobody learns our addresses
  bool tcp = false;          ///< listen on a TCP port of each address as well (RFC 6544), for networks that drop UDP
};

/// Lives on the loop's thread with all its callbacks. One stream, one component (BUNDLE and rtcp-mux).
/// A callback may call back in, but must not destroy the agent.
class IceAgent {
 public:
  struct Callbacks {
    std::function<void(std::string candidate)> on_local_candidate;  ///< "candidate:…", RFC 8839 §5.1
    std::function<void()> on_gathering_done;
    std::function<void()> on_connected;         ///< a pair works; may come again after a restart
    std::function<void()> on_failed;            ///< no pair works, or consent expired (RFC 7675: about 8 s here)
    std::function<void(ByteView)> on_datagram;  ///< borrowed for the call
  };

  /// The browser controls (RFC 8445 §6.1.1) when it made the offer. `names`, borrowed, finds the addresses behind
  /// candidates with `.local` names; without it they are left out.
  [[nodiscard]] static Result<std::unique_ptr<IceAgent>> create(EventLoop& loop, const IceConfig& config,
                                                                bool controlling, const IceCredentials& local,
                                                                Callbacks callbacks, mdns::Client* names = nullptr);
  ~IceAgent();

  /// Starts to collect our candidates; host candidates are reported before it returns.
  [[nodiscard]] Result<void> gather();
  void set_remote_credentials(const IceCredentials& remote);
  /// One candidate line as it came. False when it cannot be used. One with a `.local` name is used when and if its
  /// address is found; mostly the browser's own checks have revealed that by then (peer-reflexive).
  bool add_remote_candidate(const std::string& candidate);
  void remote_candidates_done();
  /// RFC 8445 §9: new credentials on both sides over the same sockets. The pair in use stays known, so that media
  /// pauses for one check only.
  void restart(const IceCredentials& local, const IceCredentials& remote);

  /// Returns how many datagrams were handed to the network; 0 while there is no path. Never blocks.
  std::size_t send(std::span<const ByteView> datagrams);
  bool send(ByteView datagram) { return send(std::span<const ByteView>(&datagram, 1)) == 1; }
  /// "host 192.0.2.1:4000 <-> prflx 192.0.2.2:5000" for logs and tests; empty without a pair.
  [[nodiscard]] std::string selected_pair() const;

 private:
  class Impl;
  explicit IceAgent(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perch::net
