// A TCP port on this machine for what stands in for a broker; whatever does not come within ten seconds fails the test.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hal/base/unique_fd.hpp"

namespace perch::signaling {

class LoopbackListener {
 public:
  LoopbackListener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
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
  /// The next caller, when it has begun to speak.
  [[nodiscard]] UniqueFd hear() const {
    UniqueFd caller(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    char first{};
    EXPECT_EQ(::recv(caller.get(), &first, 1, 0), 1);
    return caller;
  }

 private:
  UniqueFd socket_;
  sockaddr_in address_{};
};

}  // namespace perch::signaling
