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

constexpr std::array<std::uint8_t, 5> kConnack{0x20, 3, 0, 0, 0};  // MQTT 5 §3.2: success, without properties

bool say(const UniqueFd& to, ByteView words) {
  return ::send(to.get(), words.data(), words.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(words.size());
}

/// Lets everybody in, the first one as often as it says, says nothing more, and counts.
int welcome(const LoopbackListener& port, int callers, int times_the_first = 1) {
  int welcomed = 0;
  for (; welcomed < callers; ++welcomed) {
    const UniqueFd caller = port.hear();
    Bytes words_of_welcome;  // at once, for a caller may hang up on the second
    for (int i = 0; i < (welcomed == 0 ? times_the_first : 1); ++i)
      words_of_welcome.insert(words_of_welcome.end(), kConnack.begin(), kConnack.end());
    if (!say(caller, words_of_welcome)) break;
    std::array<char, 256> words;
    while (::recv(caller.get(), words.data(), words.size(), 0) > 0) {
    }
  }
  return welcomed;
}

/// Acknowledges one caller's publications, and says so after every hundred.
void acknowledge(const LoopbackListener& port) {
  const UniqueFd caller = port.hear();
  Bytes heard{0x10};  // the first byte of CONNECT
  std::array<std::uint8_t, 256> words;
  int acknowledged = 0;
  for (ssize_t size = 0; (size = ::recv(caller.get(), words.data(), words.size(), 0)) > 0;) {
    heard.insert(heard.end(), words.begin(), words.begin() + size);
    while (heard.size() > 1 && heard.size() >= heard[1] + 2U) {  // MQTT 5 §2.1.4: all of ours are below 128 bytes
      if (heard[0] == 0x10) say(caller, kConnack);
      if (heard[0] >> 4 == 3) {  // §3.3: PUBLISH, topic of one letter, packet identifier
        say(caller, std::array<std::uint8_t, 4>{0x40, 2, heard[5], heard[6]});
        if (++acknowledged % 100 == 0) say(caller, std::array<std::uint8_t, 6>{0x30, 4, 0, 1, 'g', 0});
      }
      heard.erase(heard.begin(), heard.begin() + heard[1] + 2);
    }
  }
}

/// A client of 127.0.0.1, and what it lived through until the test quits the loop.
class MqttClientTest : public testing::Test {
 protected:
  void run(const LoopbackListener& port) {
    MqttOptions options;
    options.client_id = "camera";
    options.broker = {.host = "127.0.0.1", .port = port.port(), .tls = false};
    Timer limit(loop_, [&] { loop_.quit(); });
    limit.set(monotonic_now() + seconds(10));
    const auto connected = [&] {
      ++connected_;
      on_connected_();
    };
    const auto disconnected = [&] { ++disconnected_; };
    const auto message = [&](std::string_view, ByteView) { on_message_(); };
    MqttClient client(loop_, random_, options, {connected, disconnected, message});
    client_ = &client;
    client.start();
    loop_.run();
    connects_ = client.status().connects;
    counted_ = disconnected_;
    client.stop(milliseconds(100));
  }
  void publish(int times) {
    for (int i = 0; i < times; ++i) client_->publish("t", "x", true);
  }

  SeededRandom random_{1};
  EventLoop loop_;
  MqttClient* client_ = nullptr;
  std::function<void()> on_connected_ = [] {};
  std::function<void()> on_message_ = [] {};
  int connected_ = 0;
  int disconnected_ = 0;
  int counted_ = 0;  ///< disconnected, before we left
  std::uint64_t connects_ = 0;
};

// What has to be said after the broker has let us in (state, subscriptions) was not said: a connection that looks whole
// and is not would be worse than none.
TEST_F(MqttClientTest, AConnectionForWhichMemoryRanOutIsMadeAnew) {
  const LoopbackListener port;
  int welcomed = 0;
  std::thread broker([&] { welcomed = welcome(port, 2); });
  on_connected_ = [&] {
    if (connected_ == 1) throw std::bad_alloc();
    loop_.quit();
  };
  run(port);
  broker.join();
  EXPECT_EQ(connects_, 2U);
  EXPECT_EQ(connected_, 2);
  EXPECT_EQ(counted_, 1);
  EXPECT_EQ(welcomed, 2);
}

TEST_F(MqttClientTest, ABrokerThatLetsUsInTwiceIsLeft) {
  const LoopbackListener port;
  int welcomed = 0;
  std::thread broker([&] { welcomed = welcome(port, 2, 50); });
  on_connected_ = [&] {
    if (connected_ == 2) loop_.quit();
  };
  run(port);
  broker.join();
  EXPECT_EQ(connects_, 2U);
  EXPECT_EQ(connected_, 2) << "once for each connection";
  EXPECT_EQ(counted_, 1);
  EXPECT_EQ(welcomed, 2);
}

TEST_F(MqttClientTest, ABrokerThatAcknowledgesNothingIsLeft) {
  const LoopbackListener port;
  int welcomed = 0;
  std::thread broker([&] { welcomed = welcome(port, 2); });
  on_connected_ = [&] {
    if (connected_ == 2) return loop_.quit();
    loop_.post([&] { publish(600); });
  };
  run(port);
  broker.join();
  EXPECT_EQ(connects_, 2U);
  EXPECT_EQ(counted_, 1);
  EXPECT_EQ(welcomed, 2);
}

TEST_F(MqttClientTest, ABrokerThatAcknowledgesMayHearAnyNumber) {
  const LoopbackListener port;
  std::thread broker([&] { acknowledge(port); });
  int hundreds = 0;
  on_connected_ = [&] { publish(100); };
  on_message_ = [&] {
    if (++hundreds == 11) return loop_.quit();
    publish(100);
  };
  run(port);
  broker.join();
  EXPECT_EQ(hundreds, 11);
  EXPECT_EQ(connects_, 1U);
  EXPECT_EQ(counted_, 0);
}

}  // namespace
}  // namespace perch::signaling
