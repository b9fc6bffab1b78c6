// A process that ends in the middle of a try to reach a broker: nothing of it may be left, and nothing used after its
// end.
#include <gtest/gtest.h>

#include <cstdlib>

#include "hal/base/random.hpp"
#include "signaling/mqtt_client.hpp"
#include "tests/signaling/loopback_listener.hpp"

namespace perch::signaling {
namespace {

/// As perchd does on SIGTERM. Exit handlers run while the thread of the try is at work; under LeakSanitizer, so does
/// it.
[[noreturn]] void end_in_the_middle_of_a_try(const LoopbackListener& silent) {
  SeededRandom random(1);
  {
    EventLoop loop;
    MqttOptions options;
    options.client_id = "camera";
    options.broker = {.host = "127.0.0.1", .port = silent.port(), .tls = true};
    MqttClient client(loop, random, options, {});
    client.start();
    const UniqueFd caller = silent.hear();  // the handshake's first message, in the thread of the try
  }
  std::exit(0);
}

TEST(MqttClientExit, LeavesNothingBehindInTheMiddleOfATry) {
  GTEST_FLAG_SET(death_test_style, "fast");  // no thread here yet; and an emulated program cannot start itself anew
  const LoopbackListener silent;
  for (int i = 0; i < 2; ++i) EXPECT_EXIT(end_in_the_middle_of_a_try(silent), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace perch::signaling
