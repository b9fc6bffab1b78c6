#include "agent/control_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "hal/base/time.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::agent {
namespace {

constexpr Duration kPatience = seconds(5);
constexpr std::size_t kLongestAnswer = 1 << 20;  // [bytes]

Result<UniqueFd> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(Errc::kInvalid, "the socket's path is too long: " + path);
  std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return fail_errno("cannot make a socket");
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  if (errno == ENOENT || errno == ECONNREFUSED)
    return fail(Errc::kNotFound, "nobody answers at " + path + ": is perchd running? (--socket names another place)");
  if (errno == EACCES) return fail(Errc::kPermission, "not allowed at " + path + ": try as root or as user perch");
  return fail_errno("cannot connect to " + path);
}

Result<std::string> read_line(const UniqueFd& fd) {
  const TimePoint until = monotonic_now() + kPatience;
  std::string line;
  std::array<char, 4096> buffer{};
  while (line.find('\n') == std::string::npos && line.size() < kLongestAnswer) {
    pollfd entry{fd.get(), POLLIN, 0};
    const auto left_ms = static_cast<int>(to_ms(until - monotonic_now()));
    if (left_ms <= 0 || ::poll(&entry, 1, left_ms) == 0) return fail(Errc::kUnavailable, "perchd does not answer");
    const ssize_t size = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return fail(Errc::kClosed, "perchd hung up");
    line.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return line.substr(0, line.find('\n'));
}

}  // namespace

Result<std::string> ask_daemon(const std::string& socket_path, const std::string& request) {
  const auto fd = connect_to(socket_path);
  if (!fd) return fail(fd.error());
  const std::string line = request + '\n';
  if (::send(fd->get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
    return fail_errno("cannot ask perchd");
  return read_line(*fd);
}

}  // namespace perch::agent
