// The Unix socket through which perchctl speaks to a running perchd: one line of JSON asks, one line answers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "hal/base/event_loop.hpp"
#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::agent {

/// Thread: the loop's. Who may connect is a matter of the file's permissions (owner and group). A client that sends too
/// much, or does not read for kReadingTime, is cut off; the daemon never waits for one.
class ControlSocket {
 public:
  /// A line end is added. Bytes may follow the line, see OperatorCommands.
  using Reply = std::function<void(std::string line)>;
  /// `reply` is called once, now or later, on the loop's thread, perhaps after the client has gone.
  using Handler = std::function<void(const std::string& request, Reply reply)>;

  static constexpr std::size_t kMaxRequest = 4096;  // [bytes]
  static constexpr std::size_t kMaxClients = 8;
  static constexpr Duration kReadingTime = seconds(5);

  /// Makes the file, mode 0660. kBusy: another perchd answers there; a file left by one that died is replaced.
  [[nodiscard]] static Result<std::unique_ptr<ControlSocket>> listen(EventLoop& loop, const std::string& path,
                                                                     Handler handler);
  /// Removes the file.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  struct Client {
    UniqueFd fd;
    std::string received;
    std::string unsent;
    std::unique_ptr<Timer> patience;  ///< while something is unsent
    std::unique_ptr<IoWatch> watch;
  };
  ControlSocket(EventLoop& loop, std::string path, UniqueFd fd, Handler handler);
  void accept_client();
  void on_readable(std::uint64_t id);
  void on_ready(std::uint64_t id, unsigned ready);
  void answer(std::uint64_t id, const std::string& line);
  void flush(std::uint64_t id, Client& client);
  void drop(std::uint64_t id);

  EventLoop& loop_;
  const std::string path_;
  const UniqueFd fd_;
  const Handler handler_;
  std::uint64_t next_id_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Client>> clients_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // late replies look whether there is still anybody
  IoWatch watch_;
};

}  // namespace perch::agent
