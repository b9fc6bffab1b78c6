// The control socket over a real Unix socket: it is the edge, and its promises are about clients that misbehave.
#include "agent/control_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "agent/control_client.hpp"
#include "hal/base/thread.hpp"

namespace perch::agent {
namespace {

class ControlSocketTest : public testing::Test {
 protected:
  ControlSocketTest() {
    char folder[] = "/tmp/perch-control-XXXXXX";
    folder_ = ::mkdtemp(folder);
    path_ = folder_ + "/socket";
  }
  ~ControlSocketTest() override {
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }

  Result<std::unique_ptr<ControlSocket>> listen() {
    return ControlSocket::listen(loop_, path_, [](const std::string& request, const ControlSocket::Reply& reply) {
      reply("you said " + request);
    });
  }
  /// Runs `client` beside the loop until it returns.
  void serve(const std::function<void()>& client) {
    const Thread thread("client", [&] {
      client();
      loop_.quit();
    });
    loop_.run();
  }
  [[nodiscard]] UniqueFd connect_raw() const {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(static_cast<char*>(address.sun_path), path_.c_str());
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return fd;
  }

  std::string folder_;
  std::string path_;
  EventLoop loop_;
};

TEST_F(ControlSocketTest, AnswersALineWithALine) {
  const auto socket = listen();
  ASSERT_TRUE(socket);
  Result<std::string> answer = fail(Errc::kInternal, "");
  serve([&] { answer = ask_daemon(path_, "hello"); });
  EXPECT_EQ(answer.value(), "you said hello");
}

TEST_F(ControlSocketTest, OnlyOwnerAndGroupMayConnectAndTheFileGoesWithIt) {
  auto socket = listen();
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660U);
  socket->reset();
  EXPECT_NE(::stat(path_.c_str(), &info), 0);
}

TEST_F(ControlSocketTest, TakesOverFromOneThatDiedButNotFromOneThatLives) {
  {
    const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(static_cast<char*>(address.sun_path), path_.c_str());
    ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  const auto first = listen();
  ASSERT_TRUE(first);
  const auto second = listen();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kBusy);
  struct stat info {};
  EXPECT_EQ(::stat(path_.c_str(), &info), 0) << "the first one's file is still there";
}

TEST_F(ControlSocketTest, CutsOffWhoeverSendsTooMuch) {
  const auto socket = listen();
  ssize_t last = 1;
  Result<std::string> answer = fail(Errc::kInternal, "");
  serve([&] {
    const UniqueFd fd = connect_raw();
    const std::string flood(ControlSocket::kMaxRequest + 1000, 'x');
    (void)::send(fd.get(), flood.data(), flood.size(), MSG_NOSIGNAL);
    char byte = 0;
    last = ::recv(fd.get(), &byte, 1, 0);  // the other side's end, or its refusal
    answer = ask_daemon(path_, "still there");
  });
  EXPECT_LE(last, 0);
  EXPECT_TRUE(answer);
}

TEST_F(ControlSocketTest, ManySilentClientsDoNotKeepThePlaceForEver) {
  const auto socket = listen();
  Result<std::string> answer = fail(Errc::kInternal, "");
  serve([&] {
    {
      std::vector<UniqueFd> silent;
      for (std::size_t i = 0; i < 2 * ControlSocket::kMaxClients; ++i) silent.push_back(connect_raw());
    }
    for (int i = 0; i < 100 && !answer; ++i) answer = ask_daemon(path_, "hello");  // those that left make room
  });
  EXPECT_TRUE(answer);
}

TEST_F(ControlSocketTest, AnAnswerLargerThanTheSocketsBufferArrivesWhole) {
  const std::string picture(3 << 20, 'x');
  const auto socket = ControlSocket::listen(loop_, path_, [&](const std::string&, const ControlSocket::Reply& reply) {
    reply("{\"ok\":true,\"bytes\":" + std::to_string(picture.size()) + "}\n" + picture);
  });
  ASSERT_TRUE(socket);
  Result<std::string> bytes = fail(Errc::kInternal, "");
  serve([&] { bytes = ask_for_bytes(path_, "picture"); });
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(*bytes == picture);
}

TEST_F(ControlSocketTest, NobodyThereIsSaidInWords) {
  const auto answer = ask_daemon(path_, "hello");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message().find("is perchd running?"), std::string::npos);
}

}  // namespace
}  // namespace perch::agent
