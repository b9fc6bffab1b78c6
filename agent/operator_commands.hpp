// What perchctl asks of the daemon itself: status, state, metrics, snapshot, privacy, drain.
#pragma once

#include <functional>
#include <string>

#include "agent/agent_status.hpp"
#include "agent/control_socket.hpp"
#include "hal/base/bytes.hpp"

namespace perch::agent {

/// Answers `{"command":"status"}`, `state`, `metrics` (also as the plain word, then without JSON around it),
/// `snapshot` (`{"ok":true,"bytes":N}`, a line end, N bytes of JPEG), `privacy` with or without `"on":true`, `drain`.
/// Thread: ctl.
class OperatorCommands {
 public:
  struct Hooks {
    std::function<void(std::function<void(const AgentStatus&)>)> status;
    std::function<std::string()> state;  ///< the retained message as it stands, JSON
    std::function<void(std::function<void(Result<Bytes>)>)> snapshot;
    std::function<bool()> privacy;
    std::function<Result<void>(bool)> set_privacy;
    std::function<void()> drain;
  };

  explicit OperatorCommands(Hooks hooks) : hooks_(std::move(hooks)) {}

  /// False: not one of ours, nothing was answered.
  [[nodiscard]] bool handle(const std::string& request, const ControlSocket::Reply& reply);

 private:
  void tell_status(const ControlSocket::Reply& reply);
  void tell_metrics(const ControlSocket::Reply& reply, bool plain);
  void tell_snapshot(const ControlSocket::Reply& reply);
  void switch_privacy(const std::string& wanted, const ControlSocket::Reply& reply);

  const Hooks hooks_;
};

}  // namespace perch::agent
