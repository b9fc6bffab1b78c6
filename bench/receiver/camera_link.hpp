// How the bench programs reach a camera: one connection to the broker for all their viewers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/receiver/invitations.hpp"
#include "hal/base/event_loop.hpp"
#include "signaling/messages.hpp"
#include "signaling/mqtt_client.hpp"

namespace perch::bench {

struct CameraAddress {
  std::string broker = "mqtt://127.0.0.1:1883";
  std::string prefix = "perch/v1";
  std::string camera = "camera";
  std::vector<Invitation> guests;  ///< the camera is sealed, and viewers are these; none: it is open
};

/// Who the `n`-th viewer is: guests take turns; where there are none, `own`.
[[nodiscard]] std::string viewer_name(const CameraAddress& address, std::uint64_t n, const std::string& own);

/// Hears everything the camera says to anybody, sealed where the camera is: PROTOCOL.md "Access". Callbacks come from
/// the loop.
class CameraLink {
 public:
  struct Callbacks {
    std::function<void()> on_ready;  ///< viewers may speak; comes again after each reconnection and with each epoch
    std::function<void(std::string_view session, std::uint64_t seq, const signaling::Body&)> on_message;
  };

  /// `address.broker` must be a broker's URL.
  CameraLink(EventLoop& loop, Random& random, CameraAddress address, Callbacks callbacks);

  void start() { mqtt_.start(); }
  /// After on_ready only; at a sealed camera `key.viewer` is one of the guests.
  void send(const signaling::SessionKey& key, const signaling::Body& body, std::uint64_t seq);
  void stop() { mqtt_.stop(milliseconds(500)); }

 private:
  [[nodiscard]] bool sealed() const { return !address_.guests.empty(); }
  [[nodiscard]] const signaling::SecretKey* key_of(std::string_view viewer) const;
  void on_message(std::string_view topic, ByteView payload);
  void on_state(ByteView payload);
  [[nodiscard]] std::string opened(const signaling::SessionKey& key, std::string_view kind, ByteView payload) const;

  const CameraAddress address_;
  const Callbacks callbacks_;
  Random& random_;
  std::string epoch_;  ///< the camera's, empty before it was heard
  std::string previous_epoch_;
  signaling::MqttClient mqtt_;
};

}  // namespace perch::bench
