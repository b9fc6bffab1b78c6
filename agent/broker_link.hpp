// Moves messages between the broker and the session table, and keeps the table's clock running.
#pragma once

#include <functional>

#include "hal/base/event_loop.hpp"
#include "signaling/mqtt_client.hpp"
#include "signaling/session_table.hpp"

namespace perch::agent {

/// Thread: ctl.
class BrokerLink {
 public:
  using EventHandler = std::function<void(TimePoint, signaling::SessionEvent)>;

  /// `options` without will and subscriptions, which the table provides.
  BrokerLink(EventLoop& loop, Random& random, signaling::MqttOptions options, signaling::SessionTable& table,
             EventHandler on_event, std::function<void(bool connected)> on_connection);

  void start() { mqtt_.start(); }
  void on_network_change() { mqtt_.on_network_change(); }
  [[nodiscard]] bool connected() const { return mqtt_.connected(); }
  [[nodiscard]] signaling::MqttStatus status() const { return mqtt_.status(); }
  /// After anything was done to the table: handle its events, publish what it has, set its timer.
  void pump();
  /// Publishes the rest and leaves the broker in order, within `patience`.
  void stop(Duration patience);

 private:
  signaling::SessionTable& table_;
  const EventHandler on_event_;
  const std::function<void(bool)> on_connection_;
  Timer timer_;
  signaling::MqttClient mqtt_;
  bool pumping_ = false;
};

}  // namespace perch::agent
