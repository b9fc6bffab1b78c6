// How the bench programs reach a camera: one connection to the broker for all their viewers.
#pragma once

#include <functional>
#include <string>

#include "hal/base/event_loop.hpp"
#include "signaling/messages.hpp"
#include "signaling/mqtt_client.hpp"

namespace perch::bench {

struct CameraAddress {
  std::string broker = "mqtt://127.0.0.1:1883";
  std::string prefix = "perch/v1";
  std::string camera = "camera";
};

/// Hears everything the camera says to anybody. Callbacks come from the loop.
class CameraLink {
 public:
  struct Callbacks {
    std::function<void()> on_connected;
    std::function<void(std::string_view session, const signaling::Body&)> on_message;
  };

  /// `address.broker` must be a broker's URL.
  CameraLink(EventLoop& loop, Random& random, CameraAddress address, Callbacks callbacks);

  void start() { mqtt_.start(); }
  void send(const signaling::SessionKey& key, const signaling::Body& body, std::uint64_t seq);
  void stop() { mqtt_.stop(milliseconds(500)); }

 private:
  void on_message(std::string_view topic, ByteView payload);

  const CameraAddress address_;
  const Callbacks callbacks_;
  signaling::MqttClient mqtt_;
};

}  // namespace perch::bench
