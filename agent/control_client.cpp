#include "agent/control_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>

#include "agent/json_fields.hpp"
#include "hal/base/time.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::agent {
namespace {

constexpr Duration kPatience = seconds(5);
constexpr std::size_t kLongestAnswer = 8 << 20;  // [bytes]

Result<UniqueFd> connect_to(const std::string& path) {
  if (path.empty()) return fail(Errc::kUnavailable, "perchd cannot be asked: [control] socket is empty");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(Errc::kInvalid, "the socket's path is too long: " + path);
  std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return fail_errno("cannot make a socket");
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  if (errno == ENOENT || errno == ECONNREFUSED)
    return fail(Errc::kNotFound, "nobody answers at " + path + ": is perchd running? (--socket names another place)");
  if (errno == EACCES)
    return fail(Errc::kPermission, "not allowed at " + path + ": try with sudo, or as a member of the group perch");
  return fail_errno("cannot connect to " + path);
}

/// Reads on until `enough` likes what is there.
Result<std::string> read_until(const UniqueFd& fd, std::string line,
                               const std::function<bool(const std::string&)>& enough) {
  const TimePoint until = monotonic_now() + kPatience;
  std::array<char, 4096> buffer{};
  while (!enough(line) && line.size() < kLongestAnswer) {
    pollfd entry{fd.get(), POLLIN, 0};
    const auto left_ms = static_cast<int>(to_ms(until - monotonic_now()));
    if (left_ms <= 0 || ::poll(&entry, 1, left_ms) == 0) return fail(Errc::kUnavailable, "perchd does not answer");
    const ssize_t size = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return fail(Errc::kClosed, "perchd hung up");
    line.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return line;
}

bool has_line(const std::string& text) { return text.find('\n') != std::string::npos; }

Result<UniqueFd> send_request(const std::string& socket_path, const std::string& request) {
  auto fd = connect_to(socket_path);
  if (!fd) return fd;
  const std::string line = request + '\n';
  if (::send(fd->get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
    return fail_errno("cannot ask perchd");
  return fd;
}

}  // namespace

Result<signaling::JsonDocument> parse_answer(const std::string& answer) {
  auto document = signaling::JsonDocument::parse(answer);
  if (!document) return fail(Errc::kInternal, "perchd's answer cannot be read");
  if (!flag_of(document->root(), "ok")) return fail(Errc::kInvalid, text_of(document->root(), "error"));
  return document;
}

Result<std::string> ask_daemon(const std::string& socket_path, const std::string& request) {
  const auto fd = send_request(socket_path, request);
  if (!fd) return fail(fd.error());
  auto text = read_until(*fd, "", has_line);
  if (!text) return text;
  return text->substr(0, text->find('\n'));
}

Result<std::string> ask_for_bytes(const std::string& socket_path, const std::string& request) {
  const auto fd = send_request(socket_path, request);
  if (!fd) return fail(fd.error());
  auto text = read_until(*fd, "", has_line);
  if (!text) return text;
  const std::size_t end = text->find('\n');
  const auto answer = parse_answer(text->substr(0, end));
  if (!answer) return fail(answer.error());
  const auto member = answer->root().member("bytes");
  const auto size = member ? member->as_unsigned(kLongestAnswer) : std::nullopt;
  if (!size) return fail(Errc::kInternal, "perchd's answer cannot be read");
  const auto enough = [wanted = *size](const std::string& bytes) { return bytes.size() >= wanted; };
  auto bytes = read_until(*fd, text->substr(end + 1), enough);
  if (bytes && bytes->size() > *size) bytes->resize(static_cast<std::size_t>(*size));
  return bytes;
}

}  // namespace perch::agent
