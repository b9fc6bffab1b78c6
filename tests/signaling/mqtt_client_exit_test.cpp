// A process that ends in the middle of a try to reach a broker: nothing of it may be left, and nothing used after its
// end.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>

#include "hal/base/random.hpp"
#include "hal/base/unique_fd.hpp"
#include "signaling/mqtt_client.hpp"

namespace perch::signaling {
namespace {

/// Listens, and never says a word.
class SilentBroker {
 public:
  SilentBroker() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address_), size), 0);
    constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);  // accepted ones inherit it
    ::listen(socket_.get(), 1);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address_), &size);
  }
  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }
  /// Until somebody has begun to speak.
  void hear() {
    caller_.reset(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    char first{};
    EXPECT_EQ(::recv(caller_.get(), &first, 1, 0), 1);
  }

 private:
  UniqueFd socket_;
  UniqueFd caller_;
  sockaddr_in address_{};
};

/// As perchd does on SIGTERM. Exit handlers run while the thread of the try is at work; under LeakSanitizer, so does
/// it.
[[noreturn]] void end_in_the_middle_of_a_try(SilentBroker& broker) {
  SeededRandom random(1);
  {
    EventLoop loop;
    MqttOptions options;
    options.client_id = "camera";
    options.broker = {.host = "127.0.0.1", .port = broker.port(), .tls = true};
    MqttClient client(loop, random, options, {});
    client.start();
    broker.hear();  // the handshake's first message, in the thread of the try
  }
  std::exit(0);
}

TEST(MqttClientExit, LeavesNothingBehindInTheMiddleOfATry) {
  GTEST_FLAG_SET(death_test_style, "fast");  // no thread here yet; and an emulated program cannot start itself anew
  SilentBroker broker;
  for (int i = 0; i < 2; ++i) EXPECT_EXIT(end_in_the_middle_of_a_try(broker), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace perch::signaling
