// One try at reaching the broker: DNS, TCP, TLS and CONNECT, on a thread of its own that may be abandoned.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "hal/base/event_loop.hpp"
#include "signaling/broker_url.hpp"
#include "signaling/mqtt_tls.hpp"

struct mosquitto;  // libmosquitto's client

namespace perch::signaling {

struct MosquittoDeleter {
  void operator()(mosquitto* m) const;
};
using MosquittoPtr = std::unique_ptr<mosquitto, MosquittoDeleter>;

/// Shared by its owner, on the loop's thread, and the thread that blocks in it. Whoever comes last frees it.
class MqttAttempt {
 public:
  /// `rc` as libmosquitto says, `error` what errno said then. Called on the loop's thread.
  using Done = std::function<void(const std::shared_ptr<MqttAttempt>&, int rc, int error)>;

  MqttAttempt(EventLoop& loop, std::unique_ptr<TlsContext> context, MosquittoPtr made, BrokerUrl to);

  /// Sets out; `done` follows unless the attempt is abandoned before.
  static void begin(const std::shared_ptr<MqttAttempt>& attempt, Done done);
  /// From the owner: nobody waits any more, the loop may be gone when the thread returns.
  void abandon();
  /// An address of the broker is known. Any thread.
  [[nodiscard]] bool looked_up() const { return looked_up_; }
  /// Why no connection came about, for people.
  [[nodiscard]] std::string words_for(int rc, int error) const;

  /// The owner's once `done` was called.
  std::unique_ptr<TlsContext> tls;  // outlives the client
  MosquittoPtr client;

 private:
  [[nodiscard]] int connect();
  void post(std::function<void()> task);
  [[nodiscard]] bool abandoned();

  const BrokerUrl broker_;
  std::atomic<bool> looked_up_ = false;
  std::mutex mutex_;
  EventLoop* loop_;
};

}  // namespace perch::signaling
