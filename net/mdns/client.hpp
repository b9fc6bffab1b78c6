// The edge of multicast DNS: asks the networks the camera is on, for as long as somebody waits for an answer.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "hal/base/event_loop.hpp"
#include "net/mdns/group_socket.hpp"
#include "net/mdns/resolver.hpp"

namespace perch::net::mdns {

/// Lives on one loop's thread. While nobody asks it has no sockets and no timer.
class Client {
 public:
  /// `address` is none when nobody answered within Resolver::kGiveUpAfter. Comes from the loop, at most once.
  using OnOutcome = std::function<void(const std::optional<Address>& address)>;

  /// A question that ends with its destruction, which its own callback may cause. Must not outlive the client.
  class Lookup {
   public:
    Lookup(Client& client, std::string name, OnOutcome on_outcome)
        : client_(client), name_(std::move(name)), on_outcome_(std::move(on_outcome)) {}
    ~Lookup() { client_.drop(*this); }
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;

   private:
    friend class Client;
    Client& client_;
    const std::string name_;
    const OnOutcome on_outcome_;
  };

  /// `only`: ask on the interfaces with these addresses of ours; empty: on every one that others could reach us at.
  Client(EventLoop& loop, AddressList only);
  ~Client();

  /// Null when the name is not asked for; see Resolver::ask().
  [[nodiscard]] std::unique_ptr<Lookup> look_up(std::string_view name, OnOutcome on_outcome);

 private:
  /// RFC 6762 §17, headers included.
  static constexpr std::size_t kLargestMessage = 9000;
  struct Channel {
    Channel(Client& client, GroupSocket opened);
    GroupSocket socket;
    IoWatch watch;
  };
  void open_channels();
  void on_readable(const GroupSocket& socket);
  void drop(Lookup& lookup);
  [[nodiscard]] Lookup* find(const std::string& name) const;
  void pump();
  void on_timer();
  void tell(const Resolver::Outcome& outcome);

  EventLoop& loop_;
  const AddressList only_;
  Resolver resolver_;
  Timer timer_;
  std::list<Channel> channels_;
  std::list<Lookup*> lookups_;
};

}  // namespace perch::net::mdns
