// The edge to the broker: libmosquitto on our event loop, connecting and reconnecting for ever.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/event_loop.hpp"
#include "hal/base/random.hpp"
#include "signaling/broker_url.hpp"
#include "signaling/mqtt_tls.hpp"

namespace perch::signaling {

struct MqttOptions {
  BrokerUrl broker;
  std::string client_id;
  std::string username;  ///< empty: anonymous
  std::string password;
  MqttTls tls;
  std::string will_topic;
  std::string will_payload;  ///< retained, QoS 1
  std::vector<std::string> subscriptions;
};

/// How the connection stands, for people and metrics.
struct MqttStatus {
  bool connected = false;
  std::string address;         ///< host:port
  std::uint64_t attempts = 0;  ///< to connect
  std::uint64_t connects = 0;  ///< that succeeded
  std::string trouble;         ///< why there is no connection; empty with one, and before the first attempt ended
};

/// Lives on one loop's thread. Neither DNS nor a silent broker blocks that thread: every attempt to connect runs in a
/// short-lived thread of its own and is given up after kAttemptTimeout.
/// MQTT 5 first; a broker that hangs up on it gets 3.1.1 at the next attempt.
class MqttClient {
 public:
  static constexpr Duration kAttemptTimeout = seconds(10);
  static constexpr Duration kMessageExpiry = seconds(15);  // PROTOCOL.md: on everything but `state`, MQTT 5 only

  struct Callbacks {
    std::function<void()> on_connected;  ///< subscribed and ready to publish; called after every (re)connect
    std::function<void()> on_disconnected;
    std::function<void(std::string_view topic, ByteView payload)> on_message;  ///< both borrowed for the call
  };

  MqttClient(EventLoop& loop, Random& random, MqttOptions options, Callbacks callbacks);
  ~MqttClient();

  /// Begins to connect; never fails, keeps trying.
  void start();
  /// QoS 1. Dropped (false) while there is no connection: every message here is idempotent or superseded.
  bool publish(const std::string& topic, const std::string& payload, bool retain);
  /// Addresses of this machine changed: a connection whose own address is gone is made anew at once, as is one that
  /// waits for its next attempt.
  void on_network_change();
  /// Sends what is queued and says goodbye, waiting at most `patience`; the last will is not triggered.
  void stop(Duration patience);
  [[nodiscard]] bool connected() const;
  [[nodiscard]] MqttStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace perch::signaling
