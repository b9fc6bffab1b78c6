#include "agent/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace perch::agent {
namespace {

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return fail(Errc::kInvalid, "the control socket's path must have 1 to 107 bytes");
  std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

UniqueFd new_socket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

bool somebody_answers(const sockaddr_un& address) {
  const UniqueFd probe = new_socket();
  return ::connect(probe.get(), generic(address), sizeof address) == 0;
}

Result<UniqueFd> bind_socket(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return fail(address.error());
  UniqueFd fd = new_socket();
  const mode_t before = ::umask(0117);  // 0660
  int bound = ::bind(fd.get(), generic(*address), sizeof *address);
  if (bound != 0 && errno == EADDRINUSE && !somebody_answers(*address)) {
    ::unlink(path.c_str());
    bound = ::bind(fd.get(), generic(*address), sizeof *address);
  }
  const int os_error = errno;
  ::umask(before);
  if (bound != 0 && os_error == EADDRINUSE) return fail(Errc::kBusy, "another perchd answers at " + path);
  if (bound != 0 || ::listen(fd.get(), 8) != 0) return fail(Errc::kIo, "cannot listen at " + path, os_error);
  return fd;
}

}  // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::listen(EventLoop& loop, const std::string& path,
                                                             Handler handler) {
  auto fd = bind_socket(path);
  if (!fd) return fail(std::move(fd.error()));
  return std::unique_ptr<ControlSocket>(new ControlSocket(loop, path, std::move(*fd), std::move(handler)));
}

ControlSocket::ControlSocket(EventLoop& loop, std::string path, UniqueFd fd, Handler handler)
    : loop_(loop),
      path_(std::move(path)),
      fd_(std::move(fd)),
      handler_(std::move(handler)),
      watch_(loop, fd_.get(), [this](unsigned) { accept_client(); }) {}

ControlSocket::~ControlSocket() {
  *alive_ = false;
  ::unlink(path_.c_str());
}

void ControlSocket::accept_client() {
  UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd || clients_.size() >= kMaxClients) return;  // one too many is hung up on
  const std::uint64_t id = next_id_++;
  auto client = std::make_unique<Client>();
  client->fd = std::move(fd);
  client->watch =
      std::make_unique<IoWatch>(loop_, client->fd.get(), [this, id](unsigned ready) { on_ready(id, ready); });
  clients_.emplace(id, std::move(client));
}

void ControlSocket::on_ready(std::uint64_t id, unsigned ready) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  if ((ready & IoWatch::kWrite) != 0) flush(id, *found->second);
  if ((ready & IoWatch::kRead) != 0) on_readable(id);
}

void ControlSocket::on_readable(std::uint64_t id) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = *found->second;
  std::array<char, 1024> buffer{};
  const ssize_t size = ::recv(client.fd.get(), buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return drop(id);
  client.received.append(buffer.data(), static_cast<std::size_t>(size));
  const std::size_t end = client.received.find('\n');
  if (end == std::string::npos) return client.received.size() > kMaxRequest ? drop(id) : void();
  const std::string request = client.received.substr(0, end);
  client.received.clear();  // one question at a time
  handler_(request, [this, id, alive = alive_](const std::string& line) {
    if (*alive) answer(id, line);
  });
}

void ControlSocket::answer(std::uint64_t id, const std::string& line) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  found->second->unsent += line + '\n';
  flush(id, *found->second);
}

/// Most answers fit the socket's buffer; a picture does not.
void ControlSocket::flush(std::uint64_t id, Client& client) {
  const ssize_t sent = ::send(client.fd.get(), client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return drop(id);
  client.unsent.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
  client.watch->want(IoWatch::kRead | (client.unsent.empty() ? 0U : IoWatch::kWrite));
  if (client.unsent.empty()) return client.patience.reset();
  if (client.patience) return;
  client.patience = std::make_unique<Timer>(loop_, [this, id] { drop(id); });
  client.patience->set(monotonic_now() + kReadingTime);
}

void ControlSocket::drop(std::uint64_t id) {
  // Its watch may be what is running now.
  loop_.post([this, id, alive = alive_] {
    if (*alive) clients_.erase(id);
  });
}

}  // namespace perch::agent
