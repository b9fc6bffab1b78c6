// The client against a broker of a few bytes; what it does with real ones is told by the tests with mosquitto.
#include "signaling/mqtt_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <new>
#include <thread>

#include "hal/base/random.hpp"
#include "tests/signaling/loopback_listener.hpp"

namespace perch::signaling {
namespace {

/// Lets everybody in, says nothing more, and counts.
int welcome(const LoopbackListener& port, int callers) {
  constexpr std::array<std::uint8_t, 5> kConnack{0x20, 3, 0, 0, 0};  // MQTT 5 §3.2: success, without properties
  int welcomed = 0;
  for (; welcomed < callers; ++welcomed) {
    const UniqueFd caller = port.hear();
    if (::send(caller.get(), kConnack.data(), kConnack.size(), MSG_NOSIGNAL) < 0) break;
    std::array<char, 256> words;
    while (::recv(caller.get(), words.data(), words.size(), 0) > 0) {
    }
  }
  return welcomed;
}

// What has to be said after the broker has let us in (state, subscriptions) was not said: a connection that looks whole
// and is not would be worse than none.
TEST(MqttClient, AConnectionForWhichMemoryRanOutIsMadeAnew) {
  constexpr int kWelcomes = 2;
  const LoopbackListener port;
  int welcomed = 0;
  std::thread broker([&] { welcomed = welcome(port, kWelcomes); });
  SeededRandom random(1);
  int connected = 0, disconnected = 0;
  {
    EventLoop loop;
    MqttOptions options;
    options.client_id = "camera";
    options.broker = {.host = "127.0.0.1", .port = port.port(), .tls = false};
    Timer limit(loop, [&] { loop.quit(); });
    limit.set(monotonic_now() + seconds(10));
    MqttClient::Callbacks callbacks;
    callbacks.on_connected = [&] {
      if (++connected == 1) throw std::bad_alloc();
      loop.quit();
    };
    callbacks.on_disconnected = [&] { ++disconnected; };
    callbacks.on_message = [](std::string_view, ByteView) {};
    MqttClient client(loop, random, options, callbacks);
    client.start();
    loop.run();
    EXPECT_EQ(client.status().connects, 2U);
    client.stop(milliseconds(100));
  }
  broker.join();
  EXPECT_EQ(connected, 2);
  EXPECT_EQ(disconnected, 1);
  EXPECT_EQ(welcomed, kWelcomes);
}

}  // namespace
}  // namespace perch::signaling
