// What perchctl asks about the invited: who they are, and to look at their files again.
#pragma once

#include <functional>
#include <string>

#include "agent/control_socket.hpp"
#include "agent/invited_viewers.hpp"

namespace perch::agent {

/// `{"ok":true,"viewers":[{"name":…,"rights":[…],"created":…,"expires":…,"standing":"valid","sessions":1}],
/// "problems":[…]}`; `sessions_of` gives how many a viewer has.
[[nodiscard]] std::string write_viewers(const ViewerRegistry& registry, const std::vector<std::string>& problems,
                                        const std::function<std::size_t(const std::string&)>& sessions_of);

/// Answers `{"command":"viewers"}` and `{"command":"reload_viewers"}`, both with the above. Thread: ctl.
class ViewerCommands {
 public:
  /// `sessions_of`: how many a viewer has just now.
  ViewerCommands(InvitedViewers& invited, std::function<std::size_t(const std::string&)> sessions_of)
      : invited_(invited), sessions_of_(std::move(sessions_of)) {}

  /// False when it is another's command.
  [[nodiscard]] bool handle(const std::string& request, const ControlSocket::Reply& reply);

 private:
  InvitedViewers& invited_;
  const std::function<std::size_t(const std::string&)> sessions_of_;
};

}  // namespace perch::agent
