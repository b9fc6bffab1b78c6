// The datagrams of sd_notify(3), on a socket as systemd would have made it.
#include "agent/service_notifier.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "temporary_folder.hpp"

namespace perch::agent {
namespace {

class ServiceNotifierTest : public testing::Test {
 protected:
  ~ServiceNotifierTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
  void listen(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    ASSERT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  std::string heard() {
    std::array<char, 512> text{};
    const ssize_t size = ::recv(socket_.get(), text.data(), text.size(), 0);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }
  test::TemporaryFolder folder_;
  UniqueFd socket_;
};

TEST_F(ServiceNotifierTest, SaysOneDatagramForEachWord) {
  listen(folder_ / "notify");
  const auto notifier = ServiceNotifier::from_environment();
  notifier.ready("idle");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=idle");
  notifier.reloading(TimePoint(milliseconds(1500)));
  EXPECT_EQ(heard(), "RELOADING=1\nMONOTONIC_USEC=1500000");
  notifier.status("2 viewers");
  EXPECT_EQ(heard(), "STATUS=2 viewers");
  notifier.feed_watchdog();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  notifier.stopping();
  EXPECT_TRUE(heard().starts_with("STOPPING=1"));
}

TEST_F(ServiceNotifierTest, ReachesTheAbstractNamespaceToo) {
  listen("@perch-test-" + std::to_string(::getpid()));
  ServiceNotifier::from_environment().feed_watchdog();
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(ServiceNotifierTest, IsSilentWhereNobodyListens) {
  ServiceNotifier::from_environment().ready("");
  ::setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
  ServiceNotifier::from_environment().ready("");
  ::setenv("NOTIFY_SOCKET", "relative", 1);
  ServiceNotifier::from_environment().ready("");
}

TEST_F(ServiceNotifierTest, DoesNotBlockWhenTheSupervisorDoesNotRead) {
  listen(folder_ / "notify");
  const auto notifier = ServiceNotifier::from_environment();
  for (int i = 0; i < 5000; ++i) notifier.feed_watchdog();
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(ServiceNotifierTest, ChildrenDoNotInheritOurVoice) {
  listen(folder_ / "notify");
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  const auto notifier = ServiceNotifier::from_environment();
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);
  EXPECT_EQ(notifier.watchdog_limit(), seconds(3));
}

TEST_F(ServiceNotifierTest, TheWatchdogOfAnotherProcessIsNotOurs) {
  listen(folder_ / "notify");
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(ServiceNotifier::from_environment().watchdog_limit(), std::nullopt);
  ::setenv("NOTIFY_SOCKET", (folder_ / "notify").c_str(), 1);
  ::setenv("WATCHDOG_USEC", "soon", 1);
  EXPECT_EQ(ServiceNotifier::from_environment().watchdog_limit(), std::nullopt);
}

}  // namespace
}  // namespace perch::agent
